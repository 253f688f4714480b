import {faultText} from '../mesh/build/draft.ts';
import {isSound, type ReviewedRow} from '../mesh/import/review.ts';
import {objectName} from '../mesh/object-name.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import type {Applied} from '../onboarding/objects/apply-many.ts';
import {type Output, printTable} from './print.ts';

/** How many sound rows are shown: those that something is wrong with are all shown. */
const shownRows = 100;

/** The table to review: every row that something speaks against, and the others up to a hundred. `outcomes`: what the server says of a row, by its ref. */
export function tellRows(
	rows: readonly ReviewedRow[],
	outcomes: ReadonlyMap<string, Applied> = new Map(),
	output: Output = process.stderr,
): void {
	const trouble = (row: ReviewedRow) => !isSound(row) || outcomes.get(row.ref)?.outcome === 'failed';
	const sound = rows.filter((row) => !trouble(row));
	const shown = new Set([...rows.filter(trouble), ...sound.slice(0, shownRows)]);
	const cells = rows
		.filter((row) => shown.has(row))
		.map((row) => {
			const {source, object} = row;
			const spec = asRecord(object.spec);
			return [
				source,
				object.metadata.namespace ?? '',
				object.metadata.name,
				asText(spec['address']),
				asText(spec['network']),
				asText(spec['serviceAccount']),
				asText(asRecord(spec['labels'])['app']),
				stateOf(row, outcomes.get(row.ref)),
			];
		});
	const headings = ['FROM', 'NAMESPACE', 'NAME', 'ADDRESS', 'NETWORK', 'SERVICE ACCOUNT', 'APP', 'STATE'];
	if (cells.length > 0) printTable(headings, cells, output);
	if (sound.length > shownRows) output.write(`and ${sound.length - shownRows} more rows that nothing speaks against\n`);
}

/** What the server refused, each in a line; the others go on. */
export function tellFailures(results: readonly Applied[]): void {
	for (const {wish, outcome, reason} of results)
		if (outcome === 'failed') process.stderr.write(`${objectName(wish.object)} refused: ${reason ?? ''}\n`);
}

/** What speaks against a row, in words; empty when it is sound. */
export function troubleOf({faults, doubled}: ReviewedRow): string {
	const missing = faults.filter((fault) => fault.missing === true).map(({field}) => field);
	return [
		...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
		...faults.filter((fault) => fault.missing !== true).map((fault) => `${fault.field}: ${faultText(fault)}`),
		...doubled,
	].join('; ');
}

function stateOf(row: ReviewedRow, applied: Applied | undefined): string {
	const trouble = troubleOf(row);
	if (trouble !== '' || applied === undefined) return trouble || 'sound';
	const {outcome, reason} = applied;
	const words = {created: 'new', configured: 'changes', unchanged: 'unchanged', failed: `refused: ${reason ?? ''}`};
	return words[outcome];
}
