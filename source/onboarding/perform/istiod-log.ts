import {UserError} from '../../errors.ts';
import type {Target} from '../../mesh/target.ts';
import type {Cluster} from '../../ports.ts';
import type {IstiodLog, IstiodLogAnswer} from '../action.ts';

/** The lines about a target's proxy in the logs of all istiods: those that name it, the address of its VM, or its identity. */
export async function istiodLinesAbout(
	cluster: Cluster,
	{mesh, ref, instanceIp, entry}: Target,
	part: IstiodLog,
	signal: AbortSignal,
): Promise<IstiodLogAnswer> {
	try {
		const logs = await cluster.istiodLog(
			mesh?.istioNamespace ?? 'istio-system',
			mesh?.revision || undefined,
			part,
			signal,
		);
		const {namespace, serviceAccount} = entry;
		const identity = `ns/${namespace}/sa/${serviceAccount}`;
		const isAbout = mentions([ref, instanceIp?.value ?? '', ...(serviceAccount === '' ? [] : [identity])]);
		return {
			lines: logs.flatMap(({lines = []}) => lines.filter(isAbout)),
			refused: logs.flatMap(({pod, lines, reason}) => (lines === undefined ? [`${pod}: ${reason}`] : [])),
		};
	} catch (error) {
		if (error instanceof UserError) return {lines: [], refused: [error.message]};
		throw error;
	}
}

/** A word is not a part of a longer one: `vm-1.shop` stands not in `vm-1.shop-eu`, nor `10.0.0.1` in `10.0.0.12`. */
function mentions(words: readonly string[]): (line: string) => boolean {
	const escaped = words.filter(Boolean).map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	const expression = new RegExp(`(?<![\\w.-])(?:${escaped.join('|')})(?!\\w|\\.\\w|-(?!\\d+\\b))`);
	return (line) => expression.test(line);
}
