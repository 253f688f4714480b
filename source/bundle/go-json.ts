/** JSON as Go's encoding/json writes it: as JSON.stringify, with `<`, `>`, `&` and the line separators of Unicode escaped. */
export function goJson(value: unknown): string {
	return (JSON.stringify(value) ?? 'null').replaceAll(
		/[<>&\u2028\u2029]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

/** A Go map of strings: keys in the order of their bytes. */
export function goJsonMap(map: Readonly<Record<string, string>>): string {
	const pairs = Object.entries(map).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
	return `{${pairs.map(([key, value]) => `${goJson(key)}:${goJson(value)}`).join(',')}}`;
}
