import {expect, test} from 'vitest';
import {catalogue} from '../../source/diagnosis/catalogue.ts';
import type {CatalogueEntry} from '../../source/diagnosis/catalogue-entry.ts';

// docs/findings.md is the catalogue: `npx vitest run test/docs -u` writes it anew.
test('docs/findings.md tells every named cause', async () => {
	await expect(markdown()).toMatchFileSnapshot('../../docs/findings.md');
});

function markdown(): string {
	const entries: ReadonlyArray<readonly [string, CatalogueEntry]> = Object.entries(catalogue);
	const areas = [...new Set(entries.map(([id]) => id.split('.')[0] ?? ''))];
	return [
		'# Findings',
		'',
		'What meshboard names, with stable ids: `area.cause`. An `error` keeps a VM from being onboarded or out of the mesh; a `warning` works now and will break or loses a part; an `info` is a fact.',
		'Words in `<…>` stand for the entry (`<we>`), its namespace (`<ns>`), its service account (`<sa>`), the Istio namespace (`<i>`), the gateway (`<gw>`), the directory on the VM (`<dir>`) and the container (`<c>`).',
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
						`| \`${id}\` | ${severity} | ${cell(summary)} | ${cell(remedy.text)}${remedy.command === undefined ? '' : ` \`${cell(remedy.command)}\``} |`,
				),
			'',
		]),
	].join('\n');
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll('<', '\\<');
}
