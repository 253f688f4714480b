import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js';
import {expect} from 'vitest';
import {formOf, schemaFile} from './machine-forms.ts';

const schemas = join(import.meta.dirname, '..', '..', 'docs', 'schemas');
const ajv = new Ajv2020({allowUnionTypes: true, allErrors: false});
const compiled = new Map<string, ValidateFunction>();

/**
 * What a call printed is what the schema of its form says, to the last field; text is not looked at. `whole`: false where the program was
 * stopped, so that the last line may be half a line.
 */
export function expectForm(words: readonly string[], stdout: string, whole = true): void {
	const form = formOf(words);
	if (form === undefined || stdout === '') return;
	const file = schemaFile(form);
	const valid = compiled.get(file) ?? ajv.compile(JSON.parse(readFileSync(join(schemas, file), 'utf8')));
	compiled.set(file, valid);
	const lines = form.format === 'json' ? [stdout] : stdout.split('\n').slice(0, whole ? undefined : -1);
	for (const line of lines.filter((text) => text !== '')) {
		if (valid(JSON.parse(line))) continue;
		const faults = (valid.errors ?? []).map(({instancePath, message, params}) => [instancePath, message, params]);
		expect(
			{faults, line},
			`docs/schemas/${file} says otherwise (npx vitest run test/docs -u makes it of its type)`,
		).toBe('valid');
	}
}
