/*
 * Readers of data from outside: each is total and gives an empty value where the data is of another kind,
 * so that an odd object of the cluster can never make a rule throw.
 */

type Mapping = Readonly<Record<string, unknown>>;

/** Is it a mapping, and no list? */
export function isMapping(value: unknown): value is Mapping {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A mapping, or an empty one. */
export function asRecord(value: unknown): Mapping {
	return isMapping(value) ? value : {};
}

/** A list, or an empty one. */
export function asList(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

/** A string, or an empty one. */
export function asText(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

/** A whole number, or undefined. */
export function asInteger(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

/** The members of a mapping that are strings. */
export function asTexts(value: unknown): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(asRecord(value)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
	);
}
