import {existsSync} from 'node:fs';
import {lintCluster, openProfiles} from '../compose.ts';
import {lintObjects} from '../diagnosis/lint.ts';
import type {LintResult} from '../diagnosis/lint-results.ts';
import {manifestMeshFindings} from '../diagnosis/mesh-manifests.ts';
import {exitCodes, UserError} from '../errors.ts';
import {refOf} from '../mesh/workload-entry.ts';
import {sanitise} from '../output/sanitise.ts';
import {chooseProfile, flagsAsProfile, type GlobalFlags} from './flags.ts';
import type {ResultsLine, ResultsOutput} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';
import {printLint} from './print-lint.ts';
import {readManifests} from './read-manifests.ts';
import {parseTarget} from './targets.ts';

type Flags = GlobalFlags & {output?: OutputFormat};

/** `meshboard lint [FILE…|TARGET…|-A]`: findings without touching a VM; 79 with one of severity error. */
export async function lint(flags: Flags, words: readonly string[]): Promise<number> {
	const files = words.filter(isFile);
	if (files.length > 0 && files.length < words.length)
		throw usage('lint takes files or entries, not both at once.', `Files: ${files.join(' ')}`);
	if (words.length > 0 && flags.allNamespaces === true)
		throw usage('--all-namespaces and a list of files or entries exclude each other.', 'Leave one of them out.');
	const {results, places} = files.length > 0 ? await lintFiles(flags, files) : await lintObjectsOf(flags, words);
	switch (flags.output) {
		case 'json':
			printJson({results} satisfies ResultsOutput);
			break;
		case 'ndjson':
			printNdjson(results satisfies readonly ResultsLine[]);
			break;
		default:
			printLint(results, places);
	}
	const failed = results.some(({findings}) => findings.some(({severity}) => severity === 'error'));
	return failed ? exitCodes.findings : exitCodes.done;
}

type Linted = {readonly results: readonly LintResult[]; readonly places: ReadonlyMap<string, string>};

/** A name with a folder or with the ending of a manifest is a file, whether there is one or not. */
function isFile(word: string): boolean {
	return word === '-' || word.includes('/') || /\.(?:ya?ml|json)$/.test(word) || existsSync(word);
}

/** What the files hold is judged together; no cluster is asked. */
async function lintFiles(flags: Flags, files: readonly string[]): Promise<Linted> {
	const manifests = await readManifests(files, flags.namespace ?? 'default');
	const objects = manifests.map(({object}) => object);
	const istioNamespace = flags.istioNamespace ?? 'istio-system';
	const findings = manifestMeshFindings(objects, istioNamespace);
	const places = manifests.map(({object: {kind = '', metadata}, place}) => {
		const {name, namespace = ''} = metadata;
		const target = kind === 'WorkloadEntry' ? refOf({name, namespace}) : `${kind.toLowerCase()}/${namespace}/${name}`;
		return [sanitise(target), sanitise(place)] as const;
	});
	return {results: lintObjects(objects, {origin: 'file', istioNamespace, findings}), places: new Map(places)};
}

async function lintObjectsOf(flags: Flags, words: readonly string[]): Promise<Linted> {
	const targets = [...new Set(words.map((word) => parseTarget(word, flags.namespace)))];
	const {name, profile} = chooseProfile(flags, process.env, openProfiles(process.env));
	const said = flagsAsProfile(flags);
	const namespaces = said.namespaces ?? profile.namespaces ?? [];
	const results = await lintCluster({env: process.env, profileName: name, profile, flags: said}, {targets, namespaces});
	return {results, places: new Map()};
}

function usage(message: string, hint: string): UserError {
	return new UserError({code: 'usage', message, hint, exitCode: exitCodes.usage});
}
