/*
 * Reading JSON of unknown shape: what is missing or of another type reads as empty. Envoy leaves out every field that has
 * its default value, so "absent" and "empty" are the same to it.
 */

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value that the text says, or undefined when it is not JSON. */
export function readJson(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
}

export function isRecord(value: unknown): value is JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object, or an empty one. */
export function asRecord(value: unknown): JsonRecord {
	return isRecord(value) ? value : {};
}

/** The objects in a list, or none. */
export function asRecords(value: unknown): readonly JsonRecord[] {
	return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The strings in a list, or none. */
export function asTexts(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function asText(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

/** A number, also when written as a string, as protobuf's JSON writes 64-bit integers; otherwise 0. */
export function asNumber(value: unknown): number {
	const number = typeof value === 'string' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}
