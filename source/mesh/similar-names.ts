/** How many letters must be put in, taken out or changed to make one word of the other (Levenshtein). */
export function editDistance(one: string, other: string): number {
	let row = Array.from({length: other.length + 1}, (_, index) => index);
	for (let i = 1; i <= one.length; i++) {
		const next = [i];
		for (let j = 1; j <= other.length; j++) {
			const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
			next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[other.length] ?? 0;
}

/** The candidates that a person may have meant, nearest first: case does not count, at most `distance` letters differ. */
export function similarNames(name: string, candidates: readonly string[], distance: number): readonly string[] {
	return [...new Set(candidates)]
		.filter((candidate) => Math.abs(candidate.length - name.length) <= distance)
		.map((candidate) => ({candidate, far: editDistance(name.toLowerCase(), candidate.toLowerCase())}))
		.filter(({far}) => far <= distance)
		.sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
		.map(({candidate}) => candidate);
}
