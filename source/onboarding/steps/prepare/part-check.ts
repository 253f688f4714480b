import type {Check} from '../../../diagnosis/finding.ts';

/** What became of one part of the preparation, for people and machines: what was found, whether it took its command, and what is so now. */
export function partCheck(
	id: string,
	title: string,
	{before, after, done}: {readonly before: string; readonly after: string; readonly done: boolean},
): Check {
	const detail = done
		? `${before} → ${after}`
		: before === after
			? `skipped, ${after}`
			: `came with another part: ${before} → ${after}`;
	return {id, title, outcome: 'passed', detail, ms: 0};
}
