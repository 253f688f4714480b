import type {DialAnswer} from './action.ts';

/** Several tries of one way, made at once, as one answer: the one in the middle of those that came through, else the first. */
export function mergeTries([first, ...more]: readonly [DialAnswer, ...DialAnswer[]]): DialAnswer {
	if (more.length === 0) return first;
	const all = [first, ...more];
	const open = all.filter(({outcome}) => outcome === 'open').sort((a, b) => a.ms - b.ms);
	const middle = open[Math.floor((open.length - 1) / 2)] ?? first;
	return {
		...middle,
		tries: {
			made: all.length,
			open: open.length,
			fastest: open[0]?.ms ?? first.ms,
			slowest: open.at(-1)?.ms ?? first.ms,
		},
	};
}
