import {isLabelKey} from '../kubernetes-names.ts';
import {asText} from '../untyped.ts';

/** The nearest name of an object: lower case, what does not fit becomes `-`; empty when nothing of it fits. */
export function cleanName(text: string): string {
	return clip(text.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-'), 253)
		.split('.')
		.map((label) => clip(label, 63))
		.filter((label) => label !== '')
		.join('.');
}

/** The nearest label value: at most 63 characters, what does not fit becomes `-`. */
export function cleanLabelValue(text: string): string {
	return clip(text.replaceAll(/[^A-Za-z0-9._-]+/g, '-'), 63);
}

/** Tags of a cloud as labels, keys and values made to fit; what nothing fits of is left out. */
export function cleanLabels(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(tags).flatMap(([key, value]) => {
			const clean = isLabelKey(key) ? key : clip(key.replaceAll(/[^A-Za-z0-9._-]+/g, '-'), 63);
			return clean === '' ? [] : [[clean, cleanLabelValue(value)]];
		}),
	);
}

/** Values of any kind as texts; lists and mappings are left out. */
export function textsOf(record: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(record).flatMap(([key, value]) =>
			typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
				? [[key, String(value)]]
				: [],
		),
	);
}

/** The first text that is not empty. */
export function firstText(...values: readonly unknown[]): string {
	return values.map(asText).find((text) => text !== '') ?? '';
}

function clip(text: string, length: number): string {
	return text
		.slice(0, length)
		.replace(/^[^A-Za-z0-9]+/, '')
		.replace(/[^A-Za-z0-9]+$/, '');
}
