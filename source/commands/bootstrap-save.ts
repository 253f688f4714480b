import {packArchive} from '../bundle/archive.ts';
import {folderNames, type OfflineFile} from '../bundle/offline-files.ts';
import {openBundleFiles} from '../compose.ts';
import {exitCodeOf} from '../diagnosis/exit-code.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {Target} from '../mesh/target.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import {causeOf, partFailures} from '../onboarding/failure.ts';
import type {Bundle, Session} from '../onboarding/session.ts';
import {systemClock} from '../system-clock.ts';
import {atSignals} from './at-signals.ts';
import type {BootstrapFlags} from './bootstrap-flags.ts';
import {tellBundles, tellNextSteps} from './bootstrap-next.ts';
import type {Planned} from './bootstrap-planned.ts';
import {failureAsJson, tellFailures} from './failures.ts';
import type {BundlesLine, BundlesOutput, SavedBundle} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';

/** Where the bundles go; looked at before anything is read or issued. `name`: picked when the targets are known. */
export type Place = {
	readonly kind: 'folder' | 'archive';
	open(refs: readonly TargetRef[]): Promise<Opened>;
};

type Opened = {readonly path: string; save(files: readonly OfflineFile[]): Promise<void>};

type Asked = {readonly refs: readonly TargetRef[]; readonly inFolders: boolean; readonly format: OutputFormat};

/** As the original: the owner writes, the group reads, nobody else. */
const archiveMode = 0o640;
const attempts = 15;

/** The folder or file that the flags name. Throws UserError `usage` or `save` where nothing can be saved there. */
export async function choosePlace({outputDir, outputFile}: BootstrapFlags): Promise<Place> {
	const {saveFolder, saveFile} = await openBundleFiles();
	if (outputDir !== undefined) {
		const folder = await saveFolder(outputDir);
		return {kind: 'folder', open: async () => folder};
	}
	const open = async (name: string): Promise<Opened> => {
		const {path, save} = await saveFile(name, (folder) => `or save into a folder: --output-dir ${folder}`);
		return {path, save: async (files) => save(await packArchive(files), archiveMode)};
	};
	const chosen = outputFile === undefined ? undefined : await open(outputFile);
	return {kind: 'archive', open: async (refs) => chosen ?? open(await pickName(refs))};
}

/** Issues the tokens, makes the bundles, saves those that can be made, and tells of all. Answers the exit code. */
export async function saveBundles(session: Session, planned: Planned, place: Place, asked: Asked): Promise<number> {
	const opened = await place.open(asked.refs);
	const made = partFailures(await session.bundles(planned.plans));
	const bundles = made.done;
	const failures = [...planned.failures, ...made.failures];
	const folderOf = foldersOf(planned, asked);
	const files = bundles.flatMap((bundle) => {
		const folder = folderOf(bundle.target);
		return bundle.files.map((file) => (folder === '' ? file : {...file, path: `${folder}/${file.path}`}));
	});
	const interrupted = files.length === 0 ? undefined : await uninterrupted(() => opened.save(files));
	const path = files.length === 0 ? null : opened.path;
	if (asked.format === 'text') {
		tellBundles(bundles);
		tellFailures(failures);
		if (path !== null) tellNextSteps(place.kind, path, bundles, asked.inFolders);
	} else {
		const results = [
			...bundles.map((bundle) => bundleAsJson(bundle, folderOf(bundle.target))),
			...failures.map(failureAsJson),
		];
		if (asked.format === 'json') printJson({path, results} satisfies BundlesOutput);
		else printNdjson(results.map((result) => ({path, ...result}) satisfies BundlesLine));
	}
	return interrupted ?? exitCodeOf(failures.map(causeOf));
}

/** The folder of each bundle; empty where the only one has the whole place. */
function foldersOf({plans}: Planned, {inFolders}: Asked): (target: Target) => string {
	return inFolders ? folderNames(plans.map(({target}) => target)) : () => '';
}

/** `<entry>.<namespace>.<time>.tgz`, or `<namespace>.<time>.tgz` for several, in the working directory; times are UTC. */
async function pickName(refs: readonly TargetRef[]): Promise<string> {
	const {exists} = await openBundleFiles();
	const namespaces = [...new Set(refs.map((ref) => ref.slice(ref.lastIndexOf('.') + 1)))];
	const several = namespaces.length === 1 ? namespaces[0] : 'workload-entries';
	const prefix = (refs.length === 1 ? refs[0] : several)?.slice(0, 230);
	for (let attempt = 0; attempt < attempts; attempt++) {
		const time = systemClock.now().toISOString().replaceAll(/\D/g, '').slice(0, 14);
		const name = `${prefix}.${time}.tgz`;
		if (!(await exists(name))) return name;
		await systemClock.sleep(1000);
	}
	throw new UserError({
		code: 'save',
		message: `failed to automatically pick a name for the TGZ file after ${attempts} attempts`,
		hint: 'Name it: --output-file FILE',
		exitCode: exitCodes.someFailed,
	});
}

/** A signal in the middle of it ends the program afterwards: nothing half is left. Answers the exit code of the signal. */
async function uninterrupted(work: () => Promise<void>): Promise<number | undefined> {
	let code: number | undefined;
	const stop = atSignals((exitCode) => {
		code ??= exitCode;
	});
	try {
		await work();
	} finally {
		stop();
	}
	return code;
}

function bundleAsJson({target, findings, expiresAt}: Bundle, folder: string): SavedBundle {
	return {
		target: target.ref,
		outcome: 'succeeded',
		healthy: !findings.some(({severity}) => severity === 'error'),
		folder: folder === '' ? null : folder,
		expiresAt,
		findings,
	};
}
