import {age} from '../../../fleet/age.ts';
import type {FleetRow} from '../../../fleet/row.ts';
import {heading, labelled} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {proxyWord} from '../../text/state-words.ts';
import type {Glyphs} from '../../theme.ts';

/** All that is known of an entry, for `width` columns. */
export function detailLines(row: FleetRow, glyphs: Glyphs, now: number, width: number): readonly Line[] {
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
