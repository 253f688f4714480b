import {asList, isMapping} from '../mesh/untyped.ts';

/*
 * Reading what Envoy and istiod answer. Envoy leaves out every field that has its default value, so that "absent" and "empty"
 * are the same to it.
 */

/** The value that the text says, or undefined when it is not JSON. */
export function readJson(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
}

/** The mappings in a list, or none. */
export function asRecords(value: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> {
	return asList(value).filter(isMapping);
}

/** The strings of a list, or none. */
export function asWords(value: unknown): readonly string[] {
	return asList(value).filter((item) => typeof item === 'string');
}

/** A number, also when written as a string, as protobuf's JSON writes 64-bit integers; otherwise 0. */
export function asNumber(value: unknown): number {
	const number = typeof value === 'string' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}
