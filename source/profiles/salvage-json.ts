/** Deeper than this nothing is read: no file of ours is. */
const deepest = 100;

/**
 * Reads as much as there is of a JSON text that is broken: cut off in the middle, a comma too many or missing,
 * a comment, a word without quotes. What makes no sense is left out. Never throws; undefined when there is no value at all.
 * For whole JSON that is no deeper than 100 it equals JSON.parse.
 */
export function salvageJson(text: string): unknown {
	const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\x00-\x1f]|\\.)*"|[{}[\],:"]|[^\s{}[\],:"]+/gu;
	const tokens = [...text.matchAll(token)].map(([word]) => word).filter((word) => !/^\/[/*]/.test(word));
	return readValue({tokens, next: 0}, 0);
}

type Cursor = {readonly tokens: readonly string[]; next: number};

/** undefined stands for "no value": JSON has none of its own. */
function readValue(cursor: Cursor, depth: number): unknown {
	const token = cursor.tokens[cursor.next++];
	if (token === undefined || depth > deepest) return undefined;
	if (token === '{') return readObject(cursor, depth);
	if (token === '[') return readArray(cursor, depth);
	try {
		return JSON.parse(token);
	} catch {
		return undefined;
	}
}

function readObject(cursor: Cursor, depth: number): unknown {
	const entries: Array<[string, unknown]> = [];
	for (
		let token = cursor.tokens[cursor.next];
		token !== undefined && token !== ']';
		token = cursor.tokens[cursor.next]
	) {
		cursor.next++;
		if (token === '}') break;
		if (!token.startsWith('"') || token === '"' || cursor.tokens[cursor.next] !== ':') continue;
		cursor.next++;
		const value = readValue(cursor, depth + 1);
		if (value !== undefined) entries.push([keyOf(token), value]);
	}
	return Object.fromEntries(entries);
}

function readArray(cursor: Cursor, depth: number): unknown {
	const items: unknown[] = [];
	for (
		let token = cursor.tokens[cursor.next];
		token !== undefined && token !== '}';
		token = cursor.tokens[cursor.next]
	) {
		if (token === ']' || token === ',') {
			cursor.next++;
			if (token === ']') break;
			continue;
		}
		const value = readValue(cursor, depth + 1);
		if (value !== undefined) items.push(value);
	}
	return items;
}

function keyOf(token: string): string {
	try {
		return String(JSON.parse(token));
	} catch {
		return token;
	}
}
