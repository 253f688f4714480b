import {type LogLine, parseLogLine} from '../../proxy/log-line.ts';

/** A line of the merged log; `at` in ms since 1970, of the line before where it has no time of its own. */
export type MergedLine = Omit<LogLine, 'time'> & {readonly from: 'proxy' | 'istiod'; readonly at: number};

/** The proxy's lines and istiod's about it by time; lines of one stay in their order. */
export function mergeLogs(proxy: readonly string[], istiod: readonly string[]): readonly MergedLine[] {
	const merged: MergedLine[] = [];
	const others = timed(istiod, 'istiod').toSorted((a, b) => a.at - b.at);
	let next = 0;
	for (const line of timed(proxy, 'proxy')) {
		for (let other = others[next]; other !== undefined && other.at < line.at; other = others[next]) {
			merged.push(other);
			next++;
		}
		merged.push(line);
	}
	merged.push(...others.slice(next));
	return merged;
}

/** Envoy writes its own times without a zone; all of them are UTC. */
function timed(lines: readonly string[], from: MergedLine['from']): readonly MergedLine[] {
	let last = 0;
	return lines.map((text) => {
		const {time, level, scope, message} = parseLogLine(text);
		const at = Date.parse(/[zZ]$/.test(time) ? time : `${time.replace(' ', 'T')}Z`);
		if (!Number.isNaN(at)) last = at;
		return {from, at: last, level, scope, message};
	});
}
