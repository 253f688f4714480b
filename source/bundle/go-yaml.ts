import {isMapping} from '../mesh/untyped.ts';
import {goYamlScalar} from './go-yaml-scalar.ts';

/**
 * YAML as Go's sigs.k8s.io/yaml prints a value (go.yaml.in/yaml/v2, encode.go): keys in Go's natural order, lists at the column
 * of their key, each text in the plainest style that reads back as a text. A newline at the end.
 */
export function goYaml(value: Readonly<Record<string, unknown>>): string {
	return Object.keys(value).length === 0 ? '{}\n' : `${mapping(value, 0)}\n`;
}

function mapping(map: Readonly<Record<string, unknown>>, indent: number): string {
	const pad = ' '.repeat(indent);
	return Object.keys(map)
		.sort(naturally)
		.map((key) => {
			const name = goYamlScalar(key, {indent, column: indent, isKey: true});
			return `${pad}${name}:${after(map[key], indent, indent + [...name].length + 1)}`;
		})
		.join('\n');
}

/** What stands behind a key's colon. `column`: where the colon ends. */
function after(value: unknown, indent: number, column: number): string {
	if (isMapping(value) && Object.keys(value).length > 0) return `\n${mapping(value, indent + 2)}`;
	if (Array.isArray(value) && value.length > 0) return `\n${list(value, indent)}`;
	return ` ${leaf(value, indent + 2, column + 1)}`;
}

function list(items: readonly unknown[], indent: number): string {
	const pad = ' '.repeat(indent);
	return items.map((item) => `${pad}- ${within(item, indent + 2)}`).join('\n');
}

/** What stands behind a dash, on the dash's own line. */
function within(item: unknown, indent: number): string {
	if (isMapping(item) && Object.keys(item).length > 0) return mapping(item, indent).slice(indent);
	if (Array.isArray(item) && item.length > 0) return list(item, indent).slice(indent);
	return leaf(item, indent, indent);
}

function leaf(value: unknown, indent: number, column: number): string {
	if (typeof value === 'string') return goYamlScalar(value, {indent, column, isKey: false});
	if (isMapping(value)) return '{}';
	if (Array.isArray(value)) return '[]';
	return value === null || value === undefined ? 'null' : String(value);
}

/** Letters after all else, numbers by their value, the rest by code point (encode.go, sorter.go, keyList.Less). */
function naturally(left: string, right: string): number {
	const [a, b] = [[...left], [...right]];
	for (let at = 0; at < a.length && at < b.length; at++) {
		const [one = '', other = ''] = [a[at], b[at]];
		if (one === other) continue;
		const letters = [one, other].map((character) => /\p{L}/u.test(character));
		if (letters[0] && letters[1]) return byCodePoint(one, other);
		if (letters[0] || letters[1]) return letters[1] ? -1 : 1;
		const [x, y] = [digitsAt(a, at), digitsAt(b, at)];
		// A zero counts for its place when a number has begun before it: 10 comes after 1.
		const begun = (one === '0' || other === '0') && /[1-9]\d*$/.test(a.slice(0, at).join('')) ? '1' : '0';
		const [first, second] = [BigInt(begun + x), BigInt(begun + y)];
		if (first !== second) return first < second ? -1 : 1;
		if (x.length !== y.length) return x.length - y.length;
		return byCodePoint(one, other);
	}
	return a.length - b.length;
}

function digitsAt(characters: readonly string[], at: number): string {
	return /^\d*/.exec(characters.slice(at).join(''))?.[0] ?? '';
}

function byCodePoint(one: string, other: string): number {
	return (one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
}
