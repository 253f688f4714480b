import {asRecord} from './untyped.ts';
import {parseDocuments, YamlFault} from './yaml.ts';

/** A document of a file: its value (null for an empty one), its number from 1, and the line where it begins. */
export type TextDocument = {readonly value: unknown; readonly number: number; readonly line: number};

/** What is wrong with a text that is neither YAML nor JSON: the document, its line, and why. */
export type TextFault = {readonly reason: string; readonly document: number; readonly line: number | undefined};

/** The documents of a file: YAML parted by `---`, or JSON one after the other, as kubectl takes both. */
export function readDocuments(text: string): readonly TextDocument[] | TextFault {
	const starts = yamlStarts(text);
	try {
		return parseDocuments(text).map((value, index) => ({value, number: index + 1, line: starts[index] ?? 1}));
	} catch (error) {
		if (!(error instanceof YamlFault)) throw error;
		const stream = jsonStream(text);
		if (stream !== undefined) return stream;
		const {line} = error;
		const before = line === undefined ? 1 : starts.filter((start) => start <= line).length;
		return {reason: error.message, document: Math.max(before, 1), line};
	}
}

/** The lines, from 1, where YAML documents have their first word. Only a line that begins with `---` parts them. */
function yamlStarts(text: string): readonly number[] {
	const lines = text.split('\n');
	const isEmpty = (line: string) => /^\s*(?:#.*)?$/.test(line) || line.startsWith('%');
	const isMark = (line: string) => /^---(?:\s|$)/.test(line);
	const starts: number[] = [];
	for (const [index, line] of lines.entries()) {
		if (isMark(line)) {
			const next = lines.slice(index + 1).findIndex((later) => !isEmpty(later));
			const below = isEmpty(line.slice(3)) && next >= 0 && !isMark(lines[index + 1 + next] ?? '');
			starts.push(below ? index + 2 + next : index + 1);
		} else if (starts.length === 0 && !isEmpty(line)) {
			starts.push(index + 1);
		}
	}
	return starts;
}

/** JSON objects one after the other; undefined when the text is none of these. */
function jsonStream(text: string): readonly TextDocument[] | undefined {
	const documents: TextDocument[] = [];
	let begin = 0;
	for (const end of objectEnds(text)) {
		const part = text.slice(begin, end);
		const offset = begin + part.search(/\S/);
		try {
			const value = asRecord(JSON.parse(part));
			documents.push({value, number: documents.length + 1, line: text.slice(0, offset).split('\n').length});
		} catch {
			return undefined;
		}
		begin = end;
	}
	return documents.length > 0 && text.slice(begin).trim() === '' ? documents : undefined;
}

/** Where the outermost braces of a text close, with an eye on strings. */
function objectEnds(text: string): readonly number[] {
	const ends: number[] = [];
	let depth = 0;
	for (const {0: found, index} of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
		if (found === '{') depth++;
		if (found === '}' && --depth === 0) ends.push(index + 1);
	}
	return ends;
}
