/**
 * True when the letters of `pattern` stand in one line of `text` in this order, whatever is between them: `rtvm` in `ratings-vm`.
 * Both are given in lower case.
 */
export function fuzzyMatch(pattern: string, text: string): boolean {
	let at = 0;
	for (let index = 0; index < text.length && at < pattern.length; index += 1) {
		const letter = text[index];
		if (letter === '\n') at = 0;
		else if (letter === pattern[at]) at += 1;
	}
	return at === pattern.length;
}
