import {spokenGlyphs} from '../theme.ts';

/** One line of the screens, as it is read out. */
export type PageLine = {
	readonly text: string;
	/** What is compared: the text without times, which pass by themselves. */
	readonly key: string;
	readonly cursor: boolean;
};

/** What the screens show at a moment, as lines without signs and boxes. */
export type Page = readonly PageLine[];

/** Times of day, durations and shares. */
const passing = /\b\d\d:\d\d(:\d\d)?\b|\b(\d+(\.\d+)?\s?(ms|[smhd%]))+(?!\w)/g;

/** Makes a page of a frame that Ink drew for a screen reader. Columns become the parts of an enumeration. */
export function pageOf(frame: string): Page {
	const {cursor, mark} = spokenGlyphs;
	return frame.split('\n').flatMap((line): readonly PageLine[] => {
		const text = line
			.replaceAll(cursor, ' ')
			.replaceAll(mark, 'marked')
			.trim()
			.replaceAll(/\s{2,}|\s+,\s+/g, ', ');
		if (text === '') return [];
		return [{text, key: text.replaceAll(passing, '#'), cursor: line.includes(cursor)}];
	});
}

/**
 * What of a page is to be read out after another: lines that were not there, and the line under the cursor where that is another one.
 * `known` are lines that were read out with the page at hand and may come back, such as its keys after a notice.
 */
export function newLines(before: Page, now: Page, known: ReadonlySet<string>): readonly string[] {
	const there = new Set([...known, ...before.map(({key}) => key)]);
	// A pane that has the keys may carry the sign too.
	const under = new Set(before.filter(({cursor}) => cursor).map(({key}) => key));
	return now.filter(({key, cursor}) => !(cursor ? under : there).has(key)).map(({text}) => text);
}
