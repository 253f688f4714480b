import {readdir, readFile} from 'node:fs/promises';
import {createGenerator, type SchemaGenerator} from 'ts-json-schema-generator';
import {beforeAll, expect, test} from 'vitest';
import {type Form, forms, schemaFile} from '../helpers/machine-forms.ts';

// docs/schemas is made of the types in source/commands/machine-output.ts: `npx vitest run test/docs -u` writes it anew.
const types = new URL('../../source/commands/machine-output.ts', import.meta.url).pathname;
const folder = new URL('../../docs/schemas/', import.meta.url);
let generator: SchemaGenerator;

beforeAll(() => {
	const tsconfig = new URL('../../tsconfig.json', import.meta.url).pathname;
	generator = createGenerator({path: types, tsconfig, skipTypeCheck: true, expose: 'export', topRef: false});
}, 60_000);

test.each(forms)('$type has its schema', async (form) => {
	await expect(schemaText(form)).toMatchFileSnapshot(`../../docs/schemas/${schemaFile(form)}`);
});

test('docs/schemas/readme.md names them all, and what prints each', async () => {
	await expect(markdown()).toMatchFileSnapshot('../../docs/schemas/readme.md');
	const known = ['readme.md', ...forms.map(schemaFile)];
	expect((await readdir(folder)).toSorted()).toEqual(known.toSorted());
});

test('every form of machine-output.ts has a schema', async () => {
	const names = (await readFile(types, 'utf8')).matchAll(/^export type (\w+(?:Output|Line)) =/gm);
	expect([...names].map(([, name = '']) => name).toSorted((a, b) => a.localeCompare(b))).toEqual(
		forms.map(({type}) => type).toSorted((a, b) => a.localeCompare(b)),
	);
});

function schemaText(form: Form): string {
	const {definitions = {}, $schema: _draft, description, ...schema} = generator.createSchema(form.type);
	const $defs = Object.fromEntries(
		Object.entries(definitions).map(([name, part]) => [nameOf(name), opened(name, part)]),
	);
	const title = `meshboard: ${callsOf(form).join(', ')}`;
	const whole = {$schema: 'https://json-schema.org/draft/2020-12/schema', title, description, ...schema, $defs};
	return `${JSON.stringify(whole, renamed, '\t')}\n`;
}

/** An object of Kubernetes may hold more than meshboard reads: that is no drift. */
function opened(name: string, part: unknown): unknown {
	return name === 'KubernetesObject'
		? JSON.parse(
				JSON.stringify(part, (key, value: unknown) =>
					key === 'additionalProperties' && value === false ? undefined : value,
				),
			)
		: part;
}

/** The place and the names of definitions are those of draft 2020-12. */
function renamed(key: string, value: unknown): unknown {
	return key === '$ref' && typeof value === 'string' ? `#/$defs/${nameOf(value.replace('#/definitions/', ''))}` : value;
}

function nameOf(name: string): string {
	return decodeURIComponent(name).replaceAll(/\W+/g, '-');
}

const valueWords: Readonly<Record<string, string>> = {
	'--dry-run': '',
	'--from': ' FILE',
	'--fix': ' ID',
	'-d': ' FOLDER',
};

function callsOf({commands, format, flags: [flag] = []}: Form): readonly string[] {
	const more = flag === undefined ? '' : ` ${flag}${valueWords[flag] ?? ''}`;
	return commands.map((command) => `${command}${more} ${command === 'bootstrap' ? '--output' : '-o'} ${format}`);
}

function markdown(): string {
	return [
		'# Schemas of the machine output',
		'',
		'JSON Schema (draft 2020-12) of what commands print with `-o json`, and of each line with `-o ndjson`. They are made of the types that the',
		'program prints (`source/commands/machine-output.ts`), and the tests hold every such output against them. A field that is not in a schema is not',
		'printed; a later version may add fields.',
		'',
		'| schema | of |',
		'| --- | --- |',
		...forms.map(
			(form) =>
				`| [${schemaFile(form)}](${schemaFile(form)}) | ${callsOf(form)
					.map((call) => `\`${call}\``)
					.join(', ')} |`,
		),
		'',
	].join('\n');
}
