import type {Fault} from '../annotations.ts';
import {similarNames} from '../similar-names.ts';
import {isMapping} from '../untyped.ts';
import {faultOf, unless} from './fault-of.ts';

/**
 * The type of a field, as a CustomResourceDefinition has it. `count` is an unsigned, `int32` a signed number of 32 bits;
 * a list of words is an enum; `any` is not looked at.
 */
export type FieldType =
	| 'text'
	| 'flag'
	| 'count'
	| 'int32'
	| 'any'
	| readonly string[]
	| {readonly text: number}
	| {readonly list: FieldType; readonly atLeast?: number; readonly atMost?: number}
	| {readonly map: FieldType; readonly atMost?: number}
	| {readonly fields: Readonly<Record<string, FieldType>>};

/**
 * What the API server refuses about the types of an object's fields. A field that is null counts as absent, as there. A field that
 * the type does not have is refused by `kubectl apply` and dropped by the API server; an object that was stored cannot have one.
 */
export function typeFaults(type: FieldType, value: unknown, path: string): readonly Fault[] {
	if (typeof type === 'string') return plainFaults(type, value, path);
	if (isWords(type))
		return unless(typeof value === 'string' && type.includes(value), path, value, `is none of ${type.join(', ')}`);
	if ('text' in type)
		return typeof value !== 'string'
			? plainFaults('text', value, path)
			: unless([...value].length <= type.text, path, value, `is longer than ${type.text} characters`);
	if ('list' in type) return listFaults(type, value, path);
	if (!isMapping(value))
		return [faultOf(path, value, Array.isArray(value) ? 'is a list; write a mapping, as http: 9080' : 'is no mapping')];
	const present = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
	if ('map' in type) {
		const most = type.atMost ?? Number.POSITIVE_INFINITY;
		return [
			...unless(present.length <= most, path, undefined, `has more than ${most} keys`),
			...present.flatMap(([key, item]) => typeFaults(type.map, item, `${path}.${key}`)),
		];
	}
	return present.flatMap(([key, item]) => {
		const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
		return field === undefined
			? [faultOf(`${path}.${key}`, undefined, unknownField(key, Object.keys(type.fields)))]
			: typeFaults(field, item, `${path}.${key}`);
	});
}

const noSuchField = 'there is no such field';

/** Does the fault tell of a field that the type does not have? */
export function isUnknownField({rule}: Fault): boolean {
	return rule.startsWith(noSuchField);
}

function unknownField(key: string, known: readonly string[]): string {
	const [nearest] = similarNames(key, known, 2);
	return `${noSuchField}${nearest === undefined ? '' : `; it is spelt ${nearest}`}`;
}

function isWords(type: FieldType): type is readonly string[] {
	return Array.isArray(type);
}

function plainFaults(type: 'text' | 'flag' | 'count' | 'int32' | 'any', value: unknown, path: string) {
	switch (type) {
		case 'any':
			return [];
		case 'text':
			return unless(typeof value === 'string', path, value, 'is no text: write it in quotes');
		case 'flag':
			return unless(typeof value === 'boolean', path, value, 'is neither true nor false');
		case 'count':
			return unless(isWhole(value, 0, 2 ** 32 - 1), path, value, 'is no whole number from 0 to 4294967295');
		case 'int32':
			return unless(isWhole(value, -(2 ** 31), 2 ** 31 - 1), path, value, 'is no whole number of 32 bits');
	}
}

function isWhole(value: unknown, least: number, most: number): boolean {
	return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function listFaults(
	{list, atLeast = 0, atMost = Number.POSITIVE_INFINITY}: Extract<FieldType, {list: FieldType}>,
	value: unknown,
	path: string,
): readonly Fault[] {
	if (!Array.isArray(value)) return [faultOf(path, value, 'is no list')];
	return [
		...unless(value.length >= atLeast, path, undefined, `has fewer than ${atLeast} items`),
		...unless(value.length <= atMost, path, undefined, `has more than ${atMost} items`),
		...value.flatMap((item: unknown, index) => typeFaults(list, item, `${path}[${index}]`)),
	];
}
