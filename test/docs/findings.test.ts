import {glob, readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {catalogue, type FindingId} from '../../source/diagnosis/catalogue.ts';
import type {CatalogueEntry} from '../../source/diagnosis/catalogue-entry.ts';
import {fixes} from '../../source/onboarding/fix/fixes.ts';

// docs/findings.md is the catalogue: `npx vitest run test/docs -u` writes it anew.
test('every named cause can be reported: none is in the catalogue for later', async () => {
	const texts = await textsOf('source/**/*.{ts,tsx}', ['source/diagnosis/catalogue/**', 'source/onboarding/fix/**']);
	const source = texts.join('\n');
	expect(Object.keys(catalogue).filter((id) => !source.includes(`'${id}'`))).toEqual([]);
});

/** Tests that make faults happen: on real VMs and in a real mesh, before a real sshd, before servers and kubeconfigs as bad as in the field. */
const real = ['test/lab/*.ts', 'test/ssh/faults.test.ts', 'test/commands/cluster-access.test.ts'];

/** What no such test makes, and why; it is simulated in others. */
const beyond: Readonly<Partial<Record<FindingId, string>>> = {
	'gateway.wrong-cluster': 'there is one cluster',
	'vm.os-unsupported': 'all VMs have the kernel and the C library that the lab has',
	'vm.selinux': "the lab's kernel has no SELinux",
	'iptables.unavailable': 'the modules of the kernel are loaded',
	'proxy.version-skew': 'one version is built',
};

test('every named cause is made to happen for real by a test, but for what is simulated with a reason', async () => {
	const texts = (await Promise.all(real.map((pattern) => textsOf(pattern)))).flat();
	// Whole ids, in patterns too.
	const named = new Set(texts.flatMap((text) => text.replaceAll('\\.', '.').match(/[a-z]+\.[a-z-]+/g) ?? []));
	expect(Object.keys(catalogue).filter((id) => !named.has(id))).toEqual(
		Object.keys(catalogue).filter((id) => Object.hasOwn(beyond, id)),
	);
});

test('docs/findings.md tells every named cause', async () => {
	await expect(markdown()).toMatchFileSnapshot('../../docs/findings.md');
});

async function textsOf(pattern: string, exclude: readonly string[] = []): Promise<readonly string[]> {
	const texts: string[] = [];
	for await (const file of glob(pattern, {exclude})) texts.push(await readFile(file, 'utf8'));
	return texts;
}

function markdown(): string {
	const entries: ReadonlyArray<readonly [string, CatalogueEntry]> = Object.entries(catalogue);
	const areas = [...new Set(entries.map(([id]) => id.split('.')[0] ?? ''))];
	return [
		'# Findings',
		'',
		'What meshboard names, with stable ids: `area.cause`. An `error` keeps a VM from being onboarded or out of the mesh; a `warning` works now and will break or loses a part; an `info` is a fact.',
		'Words in `<…>` stand for the entry (`<we>`), its namespace (`<ns>`), its service account (`<sa>`), the Istio namespace (`<i>`), the gateway (`<gw>`), the directory on the VM (`<dir>`) and the container (`<c>`). What is marked `--fix` meshboard mends itself, after consent: `meshboard doctor TARGET --fix ID`.',
		'',
		...areas.flatMap((area) => [
			`## ${area}`,
			'',
			'| id | severity | meaning | remedy |',
			'| --- | --- | --- | --- |',
			...entries
				.filter(([id]) => id.startsWith(`${area}.`))
				.map(
					([id, {severity, summary, remedy}]) =>
						`| \`${id}\` | ${severity} | ${cell(summary)} | ${cell(remedy.text)}${remedy.command === undefined ? '' : ` \`${remedy.command.replaceAll('|', '\\|')}\``}${Object.hasOwn(fixes, id) ? ' (`--fix`)' : ''} |`,
				),
			'',
		]),
	].join('\n');
}

function cell(text: string): string {
	// Inside of a code span a backslash would be seen.
	const parts = text.replaceAll('|', '\\|').split('`');
	return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part)).join('`');
}
