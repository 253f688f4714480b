import type {ProxyView, Seen, SeenType} from '../../../onboarding/doctor/proxy-view.ts';
import type {ClusterHealth} from '../../../proxy/cluster-health.ts';
import {counted} from '../../text/counted.ts';
import {duration} from '../../text/duration.ts';
import {type Line, type Span, span} from '../../text/line.ts';
import {padTo, wrap} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

/** A line about the proxy. `key` and `meaning` tell whether it says something else than before; ages and times are no part of that. */
export type ProxyRow = {readonly key: string; readonly meaning: string; readonly line: Line};

/** A proxy of a whole mesh has thousands of clusters. */
const mostClusters = 100;
const labelWidth = 13;

/** What is seen of a proxy, line by line; what is awaited, or not to be had, is told in its place. */
export function proxyRows(
	{readiness, xds, certificate, listeners, clusters}: ProxyView,
	glyphs: Glyphs,
	{now, width}: {readonly now: number; readonly width: number},
): readonly ProxyRow[] {
	const text = (label: string, key: string, words: string, tone: Span['tone'] = 'plain', meaning = words) =>
		wrap(words, Math.max(8, width - labelWidth)).map(
			(part, index): ProxyRow => ({
				key: `${key} ${index}`,
				meaning,
				line: [span(padTo(index === 0 ? label : '', labelWidth), 'dim'), span(part, tone)],
			}),
		);
	const shown = <T>(label: string, seen: Seen<T>, rows: (value: T) => readonly ProxyRow[]): readonly ProxyRow[] => {
		if (seen.state === 'pending') return text(label, label, `${glyphs.pending} awaited`, 'dim');
		if (seen.state === 'unknown') return text(label, label, `${glyphs.unknown} not known: ${seen.reason}`, 'warn');
		return rows(seen.value);
	};
	return [
		...shown('readiness', readiness, ({state, text: words, version, connected}) => {
			const stream = connected === undefined ? '' : connected ? ', stream to istiod' : ', no stream to istiod';
			const ready = state === 'ready';
			const said = ready ? `${glyphs.good} ready` : `${glyphs.bad} not ready (${state}): ${words}`;
			const tone = ready ? (connected === false ? 'warn' : 'good') : 'bad';
			return text('readiness', 'readiness', `${said}${version === '' ? '' : `, Envoy ${version}`}${stream}`, tone);
		}),
		...shown('xDS', xds, ({pod, types}) => [
			...text('xDS', 'xds', `by ${pod}`, 'dim'),
			...types.flatMap((type) => {
				const {words, tone} = typeWords(type, glyphs);
				const age = type.updatedAt === undefined ? '' : `, taken over ${duration(now - type.updatedAt)} ago`;
				return text(`  ${type.type}`, `xds ${type.type}`, `${words}${age}`, tone, `${words} ${type.updatedAt}`);
			}),
		]),
		...shown('certificate', certificate, ({id, expiresAt}) => {
			const left = Date.parse(expiresAt) - now;
			const words = left > 0 ? `${glyphs.good} ${duration(left)} left` : `${glyphs.bad} ended ${duration(-left)} ago`;
			return [
				...text('certificate', 'certificate', `${words} (until ${expiresAt})`, left > 0 ? 'good' : 'bad', expiresAt),
				...text('', 'spiffe', id),
			];
		}),
		...shown('listeners', listeners, (all) =>
			all.length === 0
				? text('listeners', 'listeners', 'none', 'warn')
				: all.flatMap(({name, address, port}, index) => {
						const bound = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
						return text(index === 0 ? 'listeners' : '', `listener ${name} ${bound}`, `${padTo(bound, 22)} ${name}`);
					}),
		),
		...shown('clusters', clusters, (all) => [
			...all
				.slice(0, mostClusters)
				.flatMap((each, index) =>
					text(index === 0 ? 'clusters' : '', `cluster ${each.name}`, clusterWords(each), clusterTone(each)),
				),
			...(all.length > mostClusters
				? text('', 'more', `and ${all.length - mostClusters} more, without trouble or with less traffic`, 'dim')
				: []),
		]),
	];
}

/** The keys of the rows that say something else than they did in another view. */
export function changedKeys(before: readonly ProxyRow[], now: readonly ProxyRow[]): ReadonlySet<string> {
	const known = new Map(before.map(({key, meaning}) => [key, meaning]));
	return new Set(now.filter(({key, meaning}) => known.get(key) !== meaning).map(({key}) => key));
}

function typeWords({state, error}: SeenType, glyphs: Glyphs): {readonly words: string; readonly tone: Span['tone']} {
	switch (state) {
		case 'synced':
			return {words: `${glyphs.good} sent and acknowledged`, tone: 'good'};
		case 'stale':
			return {words: `${glyphs.warn} sent, not acknowledged`, tone: 'warn'};
		case 'rejected':
			return {words: `${glyphs.bad} rejected: ${error}`, tone: 'bad'};
		case 'not-sent':
			return {words: `${glyphs.off} not sent`, tone: 'dim'};
	}
}

function clusterWords({name, endpoints, healthy, requests, errors, refused}: ClusterHealth): string {
	const counts = [
		endpoints === 0 ? 'no endpoint' : `${healthy}/${endpoints} healthy`,
		counted(requests, 'request'),
		counted(errors, 'error'),
		...(refused > 0 ? [`${counted(refused, 'connection')} failed`] : []),
	];
	return `${name}  ${counts.join(', ')}`;
}

function clusterTone({endpoints, healthy, errors, refused}: ClusterHealth): Span['tone'] {
	if (healthy < endpoints) return 'bad';
	return errors + refused > 0 ? 'warn' : 'plain';
}
