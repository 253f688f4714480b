/**
 * A stranger's text as a block of code that nothing in it can end: its fence is longer than any run of backticks inside
 * (CommonMark §4.5, "Fenced code blocks").
 */
export function codeBlock(text: string, language = 'text'): string {
	const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
	return `${fence}${language}\n${text.replaceAll('\r', '\n').replace(/\n+$/, '')}\n${fence}`;
}

/** A stranger's word within a line, as a span of code (CommonMark §6.1): of several lines one is made. */
export function codeSpan(text: string): string {
	const word = text.replaceAll(/\s+/g, ' ').trim();
	// What begins or ends with a backtick would lengthen the delimiter, and nothing at all would be two of them.
	if (word === '') return '`-`';
	const fence = '`'.repeat(longestRun(word) + 1);
	const room = word.startsWith('`') || word.endsWith('`') ? ' ' : '';
	return `${fence}${room}${word}${room}${fence}`;
}

function longestRun(text: string): number {
	return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
