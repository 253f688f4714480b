import {emptyField, fieldOf, type TextField} from '../input/text-field.ts';

/** What is typed after `:`, and how it came about. */
export type CommandLine = {
	readonly field: TextField;
	/** What was typed when tab was first pressed, and which of what fits stands there now; undefined: nothing is being completed. */
	readonly completing: {readonly text: string; readonly index: number} | undefined;
	/** Which line of the history stands there, 0 for the newest, and what was typed before; undefined: none. */
	readonly recalled: {readonly index: number; readonly typed: string} | undefined;
};

export const emptyCommandLine: CommandLine = {field: emptyField, completing: undefined, recalled: undefined};

/** What may stand in place of the last word of a text: from `start` on, one of the words. */
export type Offer = {readonly start: number; readonly words: readonly string[]};

/** So many are offered at most: nobody steps through more. */
const mostOffered = 100;

/** Those of the words that go on from what is typed, then those that hold it; case does not count. */
export function offersFor(typed: string, words: readonly string[]): readonly string[] {
	const wanted = typed.toLowerCase();
	const begins: string[] = [];
	const holds: string[] = [];
	for (const word of words) {
		const at = word.toLowerCase().indexOf(wanted);
		if (at === 0) begins.push(word);
		else if (at > 0) holds.push(word);
	}
	return [...begins, ...holds].slice(0, mostOffered);
}

/** The line with the next, or the previous, of what fits in place of its last word; going round. */
export function complete(line: CommandLine, offer: (text: string) => Offer, by: 1 | -1): CommandLine {
	const {text, index} = line.completing ?? {text: line.field.text, index: by === 1 ? -1 : 0};
	const {start, words} = offer(text);
	if (words.length === 0) return line;
	const next = (index + by + words.length) % words.length;
	const field = fieldOf(text.slice(0, start) + (words[next] ?? ''));
	// One that stands alone is taken: the next tab completes what comes after it.
	if (words.length === 1) return {...emptyCommandLine, field: fieldOf(`${field.text} `)};
	return {field, completing: {text, index: next}, recalled: undefined};
}

/** The line with an older (1) or newer (-1) one of the history, oldest first, in its place; what was typed comes after the newest. */
export function recall(line: CommandLine, history: readonly string[], by: 1 | -1): CommandLine {
	const {index, typed} = line.recalled ?? {index: -1, typed: line.field.text};
	const next = Math.min(index + by, history.length - 1);
	if (next < 0) return {...emptyCommandLine, field: fieldOf(typed)};
	return {field: fieldOf(history.at(-1 - next) ?? ''), completing: undefined, recalled: {index: next, typed}};
}
