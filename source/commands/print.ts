import stringWidth from 'string-width';
import {toYaml} from '../mesh/yaml.ts';

/** Where text goes: standard output, or what a test collects it with. */
export type Output = {write(text: string): unknown};

/**
 * Prints a table as kubectl does: columns padded to their widest cell (as a terminal counts width) and parted by three spaces,
 * the last one not padded; an empty cell shows as `<none>`. Control characters become `�`. `widths` are those of the columns so
 * far, where a table goes on without headings; they grow with what is printed.
 */
export function printTable(
	headings: readonly string[] | undefined,
	rows: ReadonlyArray<readonly string[]>,
	output: Output = process.stdout,
	widths: number[] = [],
): void {
	const lines = [...(headings === undefined ? [] : [headings]), ...rows.map((row) => row.map(cell))];
	for (const line of lines) {
		for (const [index, text] of line.entries()) widths[index] = Math.max(widths[index] ?? 0, stringWidth(text));
	}
	const pad = (text: string, index: number) => text + ' '.repeat((widths[index] ?? 0) - stringWidth(text));
	const text = lines.map(
		(line) => `${line.map((word, at) => (at === line.length - 1 ? word : pad(word, at))).join('   ')}\n`,
	);
	output.write(text.join(''));
}

/** Prints a value as JSON, indented by two. */
export function printJson(value: unknown, output: Output = process.stdout): void {
	output.write(`${plainJson(value, 2)}\n`);
}

/** Prints each item as JSON on a line of its own. */
export function printNdjson(items: readonly unknown[], output: Output = process.stdout): void {
	output.write(items.map((item) => `${plainJson(item)}\n`).join(''));
}

/** Prints a value as YAML whose strings kubectl reads back as the same strings. */
export function printYaml(value: unknown, output: Output = process.stdout): void {
	output.write(toYaml(value));
}

/** Prints a name a line, for scripts: what `$(…)` and xargs take. */
export function printNames(names: readonly string[], output: Output = process.stdout): void {
	output.write(names.map((name) => `${name}\n`).join(''));
}

/** What comes from a cluster must not drive the terminal: no control, no direction change. */
function cell(text: string): string {
	return text === '' ? '<none>' : text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
}

/** JSON without the control characters that JSON itself allows in strings (DEL, C1). */
function plainJson(value: unknown, indent?: number): string {
	return JSON.stringify(value, undefined, indent).replaceAll(
		/[\u007f-\u009f\u2028\u2029]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}
