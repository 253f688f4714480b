import {age} from '../../../fleet/age.ts';
import {type FleetItem, type GroupHead, isHead} from '../../../fleet/groups.ts';
import {stateOrder} from '../../../fleet/order.ts';
import type {FleetRow} from '../../../fleet/row.ts';
import type {TargetRef} from '../../../mesh/workload-entry.ts';
import type {Examined} from '../../../onboarding/doctor/examination.ts';
import {counted} from '../../text/counted.ts';
import {heading, labelled, paragraph} from '../../text/document.ts';
import {healthWord} from '../../text/health-words.ts';
import {type Line, span} from '../../text/line.ts';
import {proxyWord} from '../../text/state-words.ts';
import {padTo} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

/** All that is known of an entry, or of a group, for `width` columns. */
export function detailLines(
	item: FleetItem | undefined,
	glyphs: Glyphs,
	now: number,
	width: number,
	examined: ReadonlyMap<TargetRef, Examined>,
): readonly Line[] {
	if (item === undefined) return [];
	if (isHead(item)) return groupLines(item, glyphs, width);
	return entryLines(item, glyphs, now, width, examined.get(item.ref));
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

function entryLines(
	row: FleetRow,
	glyphs: Glyphs,
	now: number,
	width: number,
	examined: Examined | undefined,
): readonly Line[] {
	const {entry, proxy} = row;
	const line = (label: string, value: string) => labelled(label, value, width);
	return [
		[span(entry.name, 'title'), span(` in ${entry.namespace}`, 'dim')],
		...line('address', entry.address),
		...line('network', entry.network),
		...line('service account', entry.serviceAccount === '' ? 'none (it cannot be onboarded)' : entry.serviceAccount),
		...line(
			'created',
			`${age(entry.createdAt, new Date(now))} ago, ${entry.createdAt.slice(0, 16).replace('T', ' ')}Z`,
		),
		...heading('Proxy'),
		[proxyWord(proxy, glyphs)],
		...(proxy.detail === '' ? [] : labelled('', proxy.detail, width, 2)),
		...healthLines(examined, glyphs, now, width),
		...section('Ports', mapValues(entry.ports, String), width),
		...section('Labels (spec)', entry.specLabels, width),
		...section('Labels (metadata)', entry.metadataLabels, width),
		...section('Annotations', entry.annotations, width),
	];
}

/** The doctor's last word; nothing where it was not asked. */
function healthLines(examined: Examined | undefined, glyphs: Glyphs, now: number, width: number): readonly Line[] {
	if (examined === undefined) return [];
	return [
		...heading('Doctor'),
		[healthWord(examined, glyphs, now), span(' ago', 'dim')],
		...examined.findings.flatMap(({id, summary}) => labelled('', `${id}: ${summary}`, width, 2)),
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
