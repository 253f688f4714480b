import {age} from '../../../fleet/age.ts';
import {type FleetItem, isHead} from '../../../fleet/groups.ts';
import type {FleetOrder, SortColumn} from '../../../fleet/order.ts';
import type {FleetRow} from '../../../fleet/row.ts';
import {type Line, lineWidth, type Span, span} from '../../text/line.ts';
import {proxyWord} from '../../text/state-words.ts';
import {cut, padTo, widthOf} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

type ColumnId = SortColumn | 'doctor';

/** A column of the table, in cells of the screen. When the table is too wide, those with the highest `gives` shrink to `least` first, then go first. */
type Column = {
	readonly id: ColumnId;
	readonly title: string;
	readonly least: number;
	readonly most: number;
	readonly gives: number;
};

/** The doctor's words, in columns: a finding's id and an age. */
const mostHealth = 44;

const columns: readonly Column[] = [
	{id: 'namespace', title: 'NAMESPACE', least: 9, most: 24, gives: 2},
	{id: 'name', title: 'NAME', least: 12, most: 40, gives: 0},
	{id: 'address', title: 'ADDRESS', least: 15, most: 39, gives: 3},
	{id: 'network', title: 'NETWORK', least: 7, most: 20, gives: 6},
	{id: 'serviceAccount', title: 'SERVICE ACCOUNT', least: 10, most: 30, gives: 4},
	{id: 'proxy', title: 'PROXY', least: 10, most: 10, gives: 1},
	{id: 'doctor', title: 'DOCTOR', least: 26, most: mostHealth, gives: 1},
	{id: 'age', title: 'AGE', least: 5, most: 6, gives: 5},
];

export type FittedColumn = {readonly id: ColumnId; readonly title: string; readonly width: number};

/** Columns of the cursor and the mark. */
const margin = 4;
const gap = 2;

/**
 * Which columns the table shows in `width`, and how wide, from what the rows need. The name is cut only when nothing else is left to give.
 * `sorted`: the column with the sign of the order. `health`: what the doctor's words need, 0 where it has said nothing yet.
 */
export function fitColumns(
	rows: readonly FleetRow[],
	width: number,
	sorted?: SortColumn,
	health = 0,
): readonly FittedColumn[] {
	const natural = {...naturalWidths(rows), doctor: Math.min(mostHealth, Math.max(6, health))};
	const title = columns.find(({id}) => id === sorted)?.title.length ?? 0;
	const wanted = sorted === undefined ? natural : {...natural, [sorted]: Math.max(natural[sorted], title + 1)};
	const byGiving = columns.filter(({id}) => id !== 'doctor' || health > 0).toSorted((a, b) => b.gives - a.gives);
	for (const [dropped] of byGiving.entries()) {
		const kept = byGiving.slice(dropped);
		const widths = new Map(kept.map(({id}) => [id, wanted[id]]));
		const excess = () => [...widths.values()].reduce((sum, each) => sum + each + gap, margin - gap) - width;
		for (const {id, least} of kept)
			if (id !== 'name' || kept.length === 1)
				widths.set(id, Math.max(Math.min(least, wanted[id]), wanted[id] - Math.max(0, excess())));
		if (excess() > 0 && kept.length > 1) continue;
		return columns.flatMap(({id, title}) => {
			const each = widths.get(id);
			return each === undefined ? [] : [{id, title, width: each}];
		});
	}
	return [];
}

/** The heading of the table, with the sign of the order after the column that is sorted by. */
export function headerLine(
	fitted: readonly FittedColumn[],
	order: FleetOrder | undefined,
	{ascending, descending}: Glyphs,
): Line {
	const titles = fitted.map(({id, title, width}) => {
		if (id !== order?.column) return padTo(title, width);
		const sign = order.descending ? descending : ascending;
		return padTo(cut(title, width - sign.length) + sign, width);
	});
	return [span(' '.repeat(margin)), span(titles.join('  '), 'dim')];
}

export type RowLook = {
	readonly cursor: boolean;
	readonly marked: boolean;
	/** It has changed a moment ago. */
	readonly fresh: boolean;
	readonly now: number;
	readonly glyphs: Glyphs;
	/** Columns of the list. */
	readonly width: number;
	/** What the doctor has said. */
	readonly health?: Span;
};

/** A line of the list: an entry, or the heading of a group with the number of its entries. */
export function itemLine(item: FleetItem, fitted: readonly FittedColumn[], look: RowLook): Line {
	if (!isHead(item)) return rowLine(item, fitted, look);
	const {glyphs, cursor, marked} = look;
	const sign = item.folded ? glyphs.folded : glyphs.unfolded;
	const pieces = [
		span(`${cursor ? glyphs.cursor : ' '} ${marked ? glyphs.mark : ' '} `, 'accent'),
		span(`${sign} ${item.title}`, 'title'),
		span(`  ${item.rows.length}`, 'dim'),
	];
	return cursor ? underCursor(pieces, look.width) : pieces;
}

/** One entry as a line; everything before the proxy's state is one piece of text. */
function rowLine(row: FleetRow, fitted: readonly FittedColumn[], look: RowLook): Line {
	const {glyphs} = look;
	const pieces: Span[] = [
		{text: `${look.cursor ? glyphs.cursor : ' '} ${look.marked ? glyphs.mark : ' '} `, tone: 'accent'},
	];
	let plain = '';
	for (const {id, width} of fitted) {
		if (id === 'proxy' || id === 'doctor') {
			const word = id === 'proxy' ? proxyWord(row.proxy, glyphs) : (look.health ?? span('-', 'dim'));
			pieces.push({text: plain}, {...word, text: padTo(word.text, width)});
			plain = ' '.repeat(gap);
		} else {
			plain += padTo(cell(row, id, look.now), width) + ' '.repeat(gap);
		}
	}
	pieces.push({text: plain.slice(0, -gap)});
	const shown = look.fresh ? pieces.map((piece) => ({...piece, bold: true})) : pieces;
	return look.cursor ? underCursor(shown, look.width) : shown;
}

/** The line under the cursor stands out from one end to the other. */
function underCursor(pieces: readonly Span[], width: number): Line {
	const rest = ' '.repeat(Math.max(0, width - lineWidth(pieces)));
	return [...pieces, ...(rest === '' ? [] : [span(rest)])].map((piece) => ({...piece, inverse: true}));
}

function cell({entry}: FleetRow, id: Exclude<ColumnId, 'proxy' | 'doctor'>, now: number): string {
	if (id === 'age') return age(entry.createdAt, new Date(now));
	return entry[id] === '' ? '-' : entry[id];
}

let last: {rows: readonly FleetRow[]; widths: Readonly<Record<SortColumn, number>>} | undefined;

/** What each column needs for all rows, so that it does not change while scrolling; reckoned once for each list. */
function naturalWidths(rows: readonly FleetRow[]): Readonly<Record<SortColumn, number>> {
	if (last?.rows === rows) return last.widths;
	const widths = {namespace: 0, name: 0, address: 0, network: 0, serviceAccount: 0, proxy: 10, age: 6};
	for (const {entry} of rows)
		for (const id of ['namespace', 'name', 'address', 'network', 'serviceAccount'] as const)
			if (entry[id].length > widths[id]) widths[id] = widthOf(entry[id]);
	for (const {id, title, most} of columns)
		if (id !== 'doctor') widths[id] = Math.min(most, Math.max(title.length, widths[id]));
	last = {rows, widths};
	return widths;
}
