import {plainText} from '../plain-text.ts';

/** What was taken back, in words, and what was left, with the reason. */
export type TakenBack = {
	readonly undone: readonly string[];
	readonly left: ReadonlyArray<{readonly what: string; readonly why: string}>;
};

/** Reads what the scripts that take back print among the output of other programs. Total. */
export function parseTakenBack(output: string): TakenBack {
	const lines = output.split('\n').map((line) => plainText(line, 300));
	return {
		undone: lines.flatMap((line) => (line.startsWith('undone ') ? [line.slice(7)] : [])),
		left: lines.flatMap((line) => {
			const match = /^left ([^|]+)\|(.*)$/.exec(line);
			return match === null ? [] : [{what: match[1] ?? '', why: (match[2] ?? '').trim()}];
		}),
	};
}
