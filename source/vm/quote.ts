/** A word for POSIX sh, in single quotes unless it is plain; the shell hands it on unchanged, whatever it holds. */
export function quote(word: string): string {
	return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line of quoted words. */
export function commandLine(words: readonly string[]): string {
	return words.map(quote).join(' ');
}
