import {Writable} from 'node:stream';
import type {Size} from '../state/world.ts';
import {newLines, type Page, pageOf} from './page.ts';

/** As wide as the screens can be without anything side by side, and as high as one wants to hear a list. */
export const linearSize: Size = {columns: 99, rows: 40};

/** What is drawn within this time, in milliseconds, is read out together. */
const settled = 100;

type LinearOutput = {
	/** What Ink draws on. */
	readonly stdout: NodeJS.WriteStream;
	/** Reads the whole page out once more. */
	repeat(): void;
	/** Reads out what is still to be, and ends. */
	stop(): void;
};

/**
 * The screens as a text that only grows, for a screen reader or a terminal without a cursor: lines that are new, or newly under the cursor,
 * are printed as they come. `characters`: the text in those that the terminal has; `modes`: also pass on that pasted text is to be marked.
 */
export function createLinearOutput(
	print: (text: string) => void,
	{characters, modes}: {readonly characters: (text: string) => string; readonly modes: boolean},
): LinearOutput {
	let told: Page = [];
	let drawn: Page = [];
	let known: ReadonlySet<string> = new Set();
	let timer: NodeJS.Timeout | undefined;
	const tell = () => {
		clearTimeout(timer);
		timer = undefined;
		const lines = [...newLines(told, drawn, known)];
		// Mostly new: another screen, whose lines are all known from now on; of its many lines, the one under the cursor is told again.
		if (lines.length * 2 > drawn.length) {
			known = new Set(drawn.map(({key}) => key));
			lines.push(...drawn.filter(({cursor}) => cursor).map(({text}) => `at ${text}`));
		}
		told = drawn;
		if (lines.length > 0) print(`${lines.map(characters).join('\n')}\n`);
	};
	const output = new Writable({
		write(chunk: Buffer, _, done) {
			const text = chunk.toString('utf8');
			// In Ink's debug mode each frame comes whole, in one piece; what begins with an escape is for a terminal that can be drawn on.
			if (!text.startsWith('\x1b')) {
				drawn = pageOf(text);
				timer ??= setTimeout(tell, settled);
			} else if (modes && text.startsWith('\x1b[?2004')) print(text);
			done();
		},
	});
	return {
		// Ink asks a stream for its size and whether it is a terminal, no more.
		stdout: Object.assign(output, linearSize, {isTTY: true}) as unknown as NodeJS.WriteStream,
		repeat() {
			told = [];
			known = new Set();
			tell();
		},
		stop: tell,
	};
}
