import type {Check} from '../../../diagnosis/finding.ts';
import type {RunState} from '../../../onboarding/run.ts';
import {beginsPlace, beginsVm, type MatrixRow} from '../../state/matrix-rows.ts';
import {type Line, span} from '../../text/line.ts';
import {flowWord, runWord} from '../../text/state-words.ts';
import {padTo, widthOf} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

/** A changed result is inverted for so many milliseconds; its mark stays until the next change. */
const flashFor = 3000;

const fixed = {cursor: 3, port: 7, result: 18, latency: 9, loss: 5};

type Columns = {readonly to: number; readonly why: number; readonly latency: number; readonly loss: number};

/** The columns for a width; how long it took is left to the detail where there is no room. */
function columnsFor(rows: readonly MatrixRow[], width: number): Columns {
	const wanted = Math.max(8, ...rows.map((row) => (row.kind === 'way' ? widthOf(row.way.check.to ?? '') : 0))) + 2;
	const latency = width >= 72 ? fixed.latency : 0;
	const loss = width >= 96 ? fixed.loss : 0;
	const left = width - fixed.cursor - fixed.port - fixed.result - latency - loss;
	const to = Math.min(wanted, Math.max(16, Math.floor(left * 0.5)));
	const whys = rows.map((row) => (row.kind === 'way' ? widthOf(row.way.check.why ?? row.way.check.title) : 0));
	return {to, why: Math.max(0, Math.min(left - to, Math.max(4, ...whys) + 2)), latency, loss};
}

export type TableLook = {
	readonly width: number;
	/** Index of the row under the cursor. */
	readonly cursor: number;
	readonly now: number;
	readonly glyphs: Glyphs;
	readonly run: (target: string) => RunState | undefined;
};

/**
 * The ways, grouped by VM and by where they begin. The first line is the heading, and
 * not one of those that are scrolled.
 */
export function matrixTable(
	rows: readonly MatrixRow[],
	look: TableLook,
): {readonly heading: Line; readonly lines: readonly Line[]} {
	const columns = columnsFor(rows, look.width);
	const lines: Line[] = [];
	for (const [index, row] of rows.entries()) {
		if (beginsVm(rows, index)) lines.push(targetLine(rows, row, look));
		if (row.kind === 'way' && beginsPlace(rows, index)) lines.push([span(`  from ${row.from}`, 'dim')]);
		lines.push(rowLine(row, columns, look, index === look.cursor));
	}
	return {heading: rows.some(({kind}) => kind === 'way') ? headingLine(columns) : [], lines};
}

function headingLine({to, why, latency, loss}: Columns): Line {
	const words = [
		' '.repeat(fixed.cursor),
		padTo('TO', to),
		padTo(' PORT', fixed.port),
		padTo('WHY', why),
		padTo('RESULT', fixed.result),
		latency === 0 ? '' : 'LATENCY'.padStart(latency),
		loss === 0 ? '' : 'LOSS'.padStart(loss),
	];
	return [span(words.join(''), 'dim')];
}

function targetLine(rows: readonly MatrixRow[], {target}: MatrixRow, {glyphs, run}: TableLook): Line {
	const ways = rows.filter((row) => row.target === target && row.kind === 'way');
	const open = ways.filter((row) => row.kind === 'way' && isOpen(row.way.check)).length;
	const known = run(target);
	return [
		span(`${target} `, 'title'),
		...(known === undefined ? [] : [known.status === 'running' ? runWord(known, glyphs) : span('')]),
		...(ways.length === 0 ? [] : [span(` ${open} of ${ways.length} open`, open === ways.length ? 'good' : 'warn')]),
	];
}

function rowLine(row: MatrixRow, columns: Columns, {glyphs, now}: TableLook, focused: boolean): Line {
	const cursor = span(focused ? `${glyphs.cursor} ` : '  ', 'accent');
	if (row.kind === 'none') return [cursor, span(` ${row.words}`, 'dim')];
	const {check, changedAt} = row.way;
	const flashes = changedAt !== undefined && now - changedAt < flashFor;
	const word = flowWord(check, glyphs);
	const {loss} = columns;
	const line: Line = [
		cursor,
		span(changedAt === undefined ? ' ' : '*', 'accent'),
		span(padTo(check.to ?? '', columns.to - 1)),
		span(` ${padTo(String(check.port ?? '').padStart(fixed.port - 2), fixed.port)}`, 'accent'),
		span(padTo(check.why ?? check.title, Math.max(0, columns.why - 1))),
		span(' '),
		{...word, text: padTo(word.text, fixed.result - 1), ...(flashes ? {inverse: true} : {})},
		span(' '),
		span(columns.latency === 0 ? '' : `${check.ms} ms`.padStart(columns.latency), 'dim'),
		span(loss === 0 ? '' : lossOf(check).padStart(loss), lostOf(check) > 0 ? 'warn' : 'dim'),
	];
	return focused ? line.map((piece) => ({...piece, bold: true})) : line;
}

/** Also where some packets are lost, which is a warning. */
export function isOpen({outcome, result}: Pick<Check, 'outcome' | 'result'>): boolean {
	return outcome === 'passed' || result === 'open';
}

function lossOf(check: Check): string {
	return check.tries === undefined ? '' : `${lostOf(check)}/${check.tries.made}`;
}

function lostOf({tries}: Check): number {
	return tries === undefined ? 0 : tries.made - tries.open;
}
