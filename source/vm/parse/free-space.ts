/** Free KiB by `df -Pk PATH`; undefined when it says nothing of the kind. The device's name may hold blanks: it is read from the end. */
export function parseFreeSpace(lines: readonly string[]): number | undefined {
	for (const line of lines) {
		const available = /\s\d+\s+\d+\s+(\d+)\s+\d+%\s+\/\S*/.exec(line)?.[1];
		if (available !== undefined) return Number(available);
	}
	return undefined;
}
