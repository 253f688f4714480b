import {exitCodes, UserError} from '../errors.ts';
import {builders} from '../mesh/build/builders.ts';
import {entryDefaults} from '../mesh/build/entry.ts';
import type {Imported} from '../mesh/import/imported.ts';
import {draftOf, parseMapping} from '../mesh/import/mapping.ts';
import {recognise} from '../mesh/import/recognise.ts';
import {isSound, type ReviewedRow, review} from '../mesh/import/review.ts';
import {parseWorkloadEntry} from '../mesh/parse-workload-entry.ts';
import type {WorkloadEntry} from '../mesh/workload-entry.ts';
import {type Applied, applyMany, rehearseMany} from '../onboarding/objects/apply-many.ts';
import {requireNamespace} from '../onboarding/objects/rehearse.ts';
import {createPermits} from '../onboarding/permits.ts';
import {createLimit, defaultParallel} from '../onboarding/scheduler.ts';
import {sanitise} from '../output/sanitise.ts';
import type {Cluster} from '../ports.ts';
import {consent} from './consent.ts';
import type {CreateFlags} from './create-flags.ts';
import {draftOfFlags, refuseTogether} from './create-one.ts';
import type {RowsOutput} from './machine-output.ts';
import {type Output, printJson} from './print.ts';
import {tellFailures, tellRows, troubleOf} from './print-review.ts';
import {formatObjects} from './show-object.ts';
import {withCluster} from './with-cluster.ts';
import {readText, writeText} from './write-file.ts';

const {resource} = builders.entry;

/** `meshboard create entry --from FILE`: a table of machines, reviewed, then applied one by one or written to one file. */
export async function createMany(flags: CreateFlags, from: string, word: string | undefined): Promise<number> {
	refuseTogether(flags);
	if (word !== undefined) {
		throw new UserError({
			code: 'usage',
			message: `${JSON.stringify(word)} names one entry, and --from makes one for each row.`,
			hint: "Names come from the rows; change them with --set name='…'",
			exitCode: exitCodes.usage,
		});
	}
	const mappings = (flags.set ?? []).map(parseMapping);
	const common = draftOfFlags('entry', flags, undefined);
	const {kind, rows} = recognise(await readText(from));
	const wanted = rows.filter(({stopped}) => stopped === undefined || flags.includeStopped === true);
	process.stderr.write(`${from === '-' ? 'Standard input' : from}: ${kind}, ${counted(rows.length, 'row')}.\n`);
	tellLeftOut(rows.filter((row) => !wanted.includes(row)));
	const drafts = wanted.map((row) => ({row, draft: draftOf(row, mappings, common, entryDefaults)}));
	if (flags.dryRun === 'client' || flags.file !== undefined) {
		const reviewed = review(drafts, []);
		tellRows(reviewed);
		const objects = reviewed.filter(isSound).map(({object}) => object);
		await writeText(flags.file ?? '-', formatObjects(objects, flags.output ?? 'yaml'), flags);
		return codeOf(reviewed, []);
	}
	return withCluster(flags, {changes: flags.dryRun === undefined}, async (cluster) => {
		const reviewed = review(drafts, await entriesOf(cluster));
		await requireNamespaces(cluster, reviewed);
		return applyRows(cluster, reviewed, flags);
	});
}

async function applyRows(cluster: Cluster, reviewed: readonly ReviewedRow[], flags: CreateFlags): Promise<number> {
	const sound = reviewed.filter(isSound);
	const options = {limit: createLimit(flags.parallel ?? defaultParallel), force: flags.forceConflicts === true};
	// What the server refuses is known before anybody agrees.
	const tried = await rehearseMany(
		cluster,
		sound.map(({object}) => ({resource, object})),
		options,
	);
	const outcomesOf = (results: readonly Applied[]) =>
		new Map(results.map((result, index) => [sound[index]?.ref ?? '', result]));
	const show = (output?: Output) => tellRows(reviewed, outcomesOf(tried), output);
	if (flags.dryRun === 'server') {
		if (flags.output === 'json') printJson({results: resultsOf(reviewed, outcomesOf(tried))} satisfies RowsOutput);
		else show(process.stdout);
		return codeOf(reviewed, tried);
	}
	const changing = tried.filter(({outcome}) => outcome === 'created' || outcome === 'configured').length;
	if (flags.yes === true || changing === 0) show();
	else await consent(flags, show, `Apply ${counted(changing, 'entry', 'entries')}?`);
	const applied = await applyMany(cluster, tried, options);
	tellFailures(applied.filter((result, index) => result !== tried[index]));
	if (flags.output === 'json') printJson({results: resultsOf(reviewed, outcomesOf(applied))} satisfies RowsOutput);
	else process.stdout.write(`${summary(reviewed, applied)}\n`);
	return codeOf(reviewed, applied);
}

/** The rows for `-o json`, in their order; what speaks against one is the reason why it was left out. */
function resultsOf(reviewed: readonly ReviewedRow[], outcomes: ReadonlyMap<string, Applied>): RowsOutput['results'] {
	return reviewed.map((row) => {
		const {namespace, name} = row.object.metadata;
		const applied = isSound(row) ? outcomes.get(row.ref) : undefined;
		const reason = applied === undefined ? troubleOf(row) : applied.reason;
		return {
			source: row.source,
			namespace,
			name,
			outcome: applied?.outcome ?? 'left-out',
			...(reason === undefined ? {} : {reason}),
		};
	});
}

function summary(reviewed: readonly ReviewedRow[], all: readonly Applied[]): string {
	const count = (outcome: Applied['outcome']) => all.filter((result) => result.outcome === outcome).length;
	const bad = reviewed.filter((row) => !isSound(row)).length;
	return `${count('created')} created, ${count('configured')} configured, ${count('unchanged')} unchanged, ${count('failed')} refused, ${bad} left out`;
}

/** 0 when every row came through, 65 when none could be, else 1. */
function codeOf(reviewed: readonly ReviewedRow[], all: readonly Applied[]): number {
	const bad = reviewed.filter((row) => !isSound(row)).length + all.filter(({outcome}) => outcome === 'failed').length;
	if (bad === 0) return exitCodes.done;
	return bad === reviewed.length ? exitCodes.badData : exitCodes.someFailed;
}

/** Every namespace once, before any row is asked of the webhook. */
async function requireNamespaces(cluster: Cluster, reviewed: readonly ReviewedRow[]): Promise<void> {
	const names = new Set(reviewed.filter(isSound).map(({object}) => object.metadata.namespace ?? ''));
	await Promise.all([...names].map((name) => requireNamespace(cluster, name)));
}

/** The entries of the cluster, for addresses that are taken; none where they may not be listed. */
async function entriesOf(cluster: Cluster): Promise<readonly WorkloadEntry[]> {
	const all = await createPermits(cluster).list(resource, undefined, undefined, 'optional');
	return (all ?? []).map(parseWorkloadEntry);
}

function tellLeftOut(rows: readonly Imported[]): void {
	if (rows.length === 0) return;
	const some = rows.slice(0, 5).map(({source, stopped}) => sanitise(`${source} ${stopped ?? ''}`));
	const more = rows.length > 5 ? `, and ${rows.length - 5} more` : '';
	process.stderr.write(`Left out (--include-stopped takes them): ${some.join(', ')}${more}.\n`);
}

function counted(count: number, one: string, many = `${one}s`): string {
	return `${count} ${count === 1 ? one : many}`;
}
