/** A number with its noun: `1 error`, `2 errors`, `3 entries`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
	return `${count} ${count === 1 ? noun : nouns}`;
}
