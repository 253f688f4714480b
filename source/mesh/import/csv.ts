import {CsvError, parse} from 'csv-parse/sync';
import {exitCodes, UserError} from '../../errors.ts';
import {fieldOf, fieldsOf} from './fields.ts';
import type {Imported} from './imported.ts';

/**
 * A table with a line of column names: commas, semicolons or tabs, quotes as in RFC 4180, a byte order mark, empty lines.
 * Columns that are called as a field of an entry are taken for it; templates read every column by its own name.
 * Throws UserError (exit 65) with the line of what cannot be read.
 */
export function importCsv(text: string): readonly Imported[] {
	const table = readTable(text);
	const [header, ...rows] = table;
	const columns = (header?.record ?? []).map((column) => column.trim());
	if (!columns.some((column) => fieldOf(column) === 'name') || columns.length < 2) {
		throw unreadable(
			'the first line must name the columns, one of them "name"',
			`It says: ${columns.slice(0, 8).join(', ') || 'nothing'}. Write for example: name,namespace,address,serviceAccount,app`,
		);
	}
	return rows.map(({record, info}) => {
		const values = Object.fromEntries(columns.map((column, index) => [column, record[index] ?? '']));
		return {source: `line ${info.lines}`, values, draft: fieldsOf(values)};
	});
}

type Line = {readonly record: readonly string[]; readonly info: {readonly lines: number}};

function readTable(text: string): readonly Line[] {
	const head = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'));
	const delimiter = [',', ';', '\t'].sort((a, b) => head.split(b).length - head.split(a).length)[0] ?? ',';
	try {
		const lines: unknown = parse(text, {
			bom: true,
			delimiter,
			trim: true,
			skip_empty_lines: true,
			info: true,
			skip_records_with_empty_values: true,
		});
		return lines as readonly Line[];
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		throw unreadable(error.message, 'Every line needs as many columns as the first; quote what holds a comma.');
	}
}

function unreadable(what: string, hint: string): UserError {
	return new UserError({
		code: 'import',
		message: `The table cannot be read: ${what}.`,
		hint,
		exitCode: exitCodes.badData,
	});
}
