import {age} from '../../../fleet/age.ts';
import {type FleetItem, type GroupHead, isHead} from '../../../fleet/groups.ts';
import {stateOrder} from '../../../fleet/order.ts';
import type {FleetRow} from '../../../fleet/row.ts';
import {counted} from '../../text/counted.ts';
import {heading, labelled, paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {proxyWord} from '../../text/state-words.ts';
import {padTo} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

/** All that is known of an entry, or of a group, for `width` columns. */
export function detailLines(item: FleetItem | undefined, glyphs: Glyphs, now: number, width: number): readonly Line[] {
	if (item === undefined) return [];
	return isHead(item) ? groupLines(item, glyphs, width) : entryLines(item, glyphs, now, width);
}

/** How the entries of a group stand. */
function groupLines({title, rows}: GroupHead, glyphs: Glyphs, width: number): readonly Line[] {
	const states = stateOrder.flatMap((state) => {
		const count = rows.filter(({proxy}) => proxy.state === state).length;
		return count === 0 ? [] : [[span(padTo(String(count), 7)), proxyWord({state, detail: ''}, glyphs)]];
	});
	return [
		[span(title, 'title'), span(` ${counted(rows.length, 'entry', 'entries')}`, 'dim')],
		[],
		...states,
		[],
		...paragraph([], 'enter folds and unfolds the group, space marks it.', width, 'dim'),
	];
}

function entryLines(row: FleetRow, glyphs: Glyphs, now: number, width: number): readonly Line[] {
	const {entry, proxy} = row;
	const line = (label: string, value: string) => labelled(label, value, width);
	return [
		[span(entry.name, 'title'), span(` in ${entry.namespace}`, 'dim')],
		...line('address', entry.address),
		...line('network', entry.network),
		...line('service account', entry.serviceAccount === '' ? 'none (it cannot be onboarded)' : entry.serviceAccount),
		...line('created', `${entry.createdAt} (${age(entry.createdAt, new Date(now))} ago)`),
		...heading('Proxy'),
		[proxyWord(proxy, glyphs)],
		...(proxy.detail === '' ? [] : labelled('', proxy.detail, width, 2)),
		...section('Ports', mapValues(entry.ports, String), width),
		...section('Labels (spec)', entry.specLabels, width),
		...section('Labels (metadata)', entry.metadataLabels, width),
		...section('Annotations', entry.annotations, width),
	];
}

function section(title: string, values: Readonly<Record<string, string>>, width: number): readonly Line[] {
	const entries = Object.entries(values).toSorted(([a], [b]) => a.localeCompare(b));
	if (entries.length === 0) return [...heading(title), [span('none', 'dim')]];
	return [
		...heading(title),
		...entries.flatMap(([key, value]) => labelled('', `${key}: ${shortened(value)}`, width, 2)),
	];
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => string): Record<string, string> {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** An annotation may hold 256 KiB; nobody reads that here. */
function shortened(value: string): string {
	return value.length <= 2000 ? value : `${value.slice(0, 2000)}… (${value.length - 2000} more characters)`;
}
