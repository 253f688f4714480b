import type {Severity} from '../diagnosis/finding.ts';
import type {LintResult} from '../diagnosis/lint-results.ts';
import {findingLines} from './finding-lines.ts';
import type {Output} from './print.ts';

/**
 * Findings grouped by object, the worst first, then what could not be looked at, and a line of counts. `places`: where an object
 * stands in files. A corrected object that was printed is not printed again.
 */
export function printLint(
	results: readonly LintResult[],
	places: ReadonlyMap<string, string>,
	output: Output = process.stdout,
): void {
	for (const {target, findings} of results.filter((result) => result.findings.length > 0)) {
		const place = places.get(target);
		output.write(`${target}${place === undefined ? '' : `  (${place})`}\n`);
		const shown = new Set<string>();
		for (const found of findings) {
			const {manifest = ''} = found.remedy;
			const again = shown.has(manifest) ? {...found, remedy: withoutManifest(found.remedy)} : found;
			if (manifest !== '') shown.add(manifest);
			output.write(
				findingLines(again)
					.map((line) => `  ${line}\n`)
					.join(''),
			);
		}
		output.write('\n');
	}
	const open = results.flatMap(({checks}) => checks.filter(({outcome}) => outcome === 'not-done'));
	for (const line of new Set(open.map(({title, detail}) => `not checked: ${title}, ${detail}`)))
		output.write(`${line}\n`);
	output.write(`${counts(results)}\n`);
}

function withoutManifest({text, command}: LintResult['findings'][number]['remedy']) {
	return {text, ...(command === undefined ? {} : {command})};
}

/** `3 objects: 2 errors, 1 warning, 0 infos`. */
function counts(results: readonly LintResult[]): string {
	const all = results.flatMap(({findings}) => findings);
	const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
	const of = (wanted: Severity) => counted(all.filter(({severity}) => severity === wanted).length, wanted);
	return `${counted(results.length, 'object')}: ${of('error')}, ${of('warning')}, ${of('info')}`;
}
