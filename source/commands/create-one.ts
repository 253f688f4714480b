import {exitCodes, UserError} from '../errors.ts';
import {type BuilderName, builders} from '../mesh/build/builders.ts';
import type {Built, Draft} from '../mesh/build/draft.ts';
import {flagOf, said} from '../mesh/build/draft.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {objectName} from '../mesh/object-name.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import {applyTold, rehearse, type Wish} from '../onboarding/objects/rehearse.ts';
import {createPermits} from '../onboarding/permits.ts';
import type {Cluster, Resource} from '../ports.ts';
import {askWord, atTerminal} from './ask.ts';
import {askVm} from './ask-vm.ts';
import {consent} from './consent.ts';
import type {CreateFlags} from './create-flags.ts';
import {faultError, missingError} from './draft-errors.ts';
import {draftFor} from './draft-for.ts';
import {formatObjects, showRehearsal} from './show-object.ts';
import {settingsOf, withCluster} from './with-cluster.ts';
import {writeText} from './write-file.ts';

const accounts: Resource = {group: '', resource: 'serviceaccounts'};

/** `meshboard create KIND NAME[.NAMESPACE]`: one object, from flags and questions to the cluster or a file. */
export async function createOne(name: BuilderName, flags: CreateFlags, word: string | undefined): Promise<number> {
	refuseTogether(flags);
	const offline = flags.dryRun === 'client' || flags.file !== undefined;
	const finish = async (built: Built<string>, cluster: Cluster | undefined) => {
		const wish = {resource: builders[name].resource, object: built.object};
		if (offline || cluster === undefined) {
			await writeText(flags.file ?? '-', formatObjects([built.object], flags.output ?? 'yaml'), flags);
			return exitCodes.done;
		}
		return flags.dryRun === 'server' ? tryOut(cluster, wish, flags) : applyOne(cluster, wish, flags);
	};
	// What is missing or wrong is told before a cluster is asked for anything.
	const built = flags.for === undefined ? await complete(name, flags, word, undefined) : undefined;
	if (built !== undefined && offline) return finish(built, undefined);
	return withCluster(flags, {changes: !offline && flags.dryRun === undefined}, async (cluster) =>
		finish(built ?? (await complete(name, flags, word, cluster)), cluster),
	);
}

/** Words that contradict each other. */
export function refuseTogether(flags: CreateFlags): void {
	const problem =
		flags.file !== undefined && flags.dryRun !== undefined
			? '--file applies nothing, so that --dry-run does not go with it.'
			: flags.from !== undefined && flags.askVm !== undefined
				? '--ask-vm looks at one machine and --from makes many entries: they do not go together.'
				: undefined;
	if (problem !== undefined) throw new UserError({code: 'usage', message: problem, exitCode: exitCodes.usage});
}

/** The fields that the command line itself says. `word`: NAME[.NAMESPACE]; the last dot parts them. */
export function draftOfFlags(name: BuilderName, flags: CreateFlags, word: string | undefined): Draft<string> {
	const dot = word?.lastIndexOf('.') ?? -1;
	const fields = Object.keys(builders[name].questions).flatMap((field): Array<[string, string]> => {
		const value = flags[field];
		return typeof value === 'string' || typeof value === 'number' ? [[field, String(value)]] : [];
	});
	const {namespaces} = settingsOf(flags);
	const [only] = namespaces?.length === 1 ? namespaces : [];
	return {
		...(only === undefined ? {} : {namespace: only}),
		...Object.fromEntries(fields),
		...(word === undefined ? {} : {name: dot < 0 ? word : word.slice(0, dot)}),
		...(word === undefined || dot < 0 ? {} : {namespace: word.slice(dot + 1)}),
	};
}

/** Gathers the answers (defaults, the cluster's or the VM's offers, flags, then a person), and builds. Throws for what is missing or wrong. */
async function complete(
	name: BuilderName,
	flags: CreateFlags,
	word: string | undefined,
	cluster: Cluster | undefined,
): Promise<Built<string>> {
	const {build, defaults} = builders[name];
	const typed = draftOfFlags(name, flags, word);
	const offered =
		flags.for === undefined || cluster === undefined || (name !== 'sidecar' && name !== 'service')
			? {}
			: await draftFor(cluster, name, flags.for, typed['namespace']);
	const seen = flags.askVm === undefined ? {} : await askVm(flags, flags.askVm);
	const start = {...defaults, ...offered, ...seen, ...typed};
	const missing = build(start).faults.filter((fault) => fault.missing === true);
	const draft = missing.length > 0 && atTerminal() ? await askRest(name, start, typed) : start;
	const built = build(draft);
	const still = built.faults.filter((fault) => fault.missing === true).map(({field}) => field);
	if (still.length > 0) throw missingError(name, still);
	if (built.faults.length > 0) throw faultError(name, built.faults);
	return built;
}

/** Asks for what was not said on the command line and is needed or worth asking; what is known so far is offered. */
async function askRest(name: BuilderName, start: Draft<string>, typed: Draft<string>): Promise<Draft<string>> {
	const draft: Record<string, string | undefined> = {...start};
	for (const [field, {question, needed, asked, otherwise}] of Object.entries(builders[name].questions)) {
		if ((needed !== true && asked !== true) || said(typed, field) !== '') continue;
		// The two other addresses are the first one unless somebody says otherwise.
		const same = field === 'instanceIp' || field === 'sshHost' ? said(draft, 'address') : '';
		const offered = said(draft, field) || same;
		const hint = offered === '' && otherwise !== undefined ? `${question} (${otherwise})` : question;
		const answer = await askWord(`${hint} --${flagOf(field)}:`, offered);
		if (answer === undefined)
			throw new UserError({code: 'usage', message: 'Nothing was changed.', exitCode: exitCodes.interrupted});
		draft[field] = answer;
	}
	return draft;
}

async function tryOut(cluster: Cluster, wish: Wish, flags: CreateFlags): Promise<number> {
	const rehearsal = await rehearse(cluster, wish, {force: flags.forceConflicts === true});
	const format = flags.output ?? 'text';
	if (format === 'text') showRehearsal(rehearsal, process.stdout);
	else process.stdout.write(formatObjects([rehearsal.after], format));
	return exitCodes.done;
}

async function applyOne(cluster: Cluster, wish: Wish, flags: CreateFlags): Promise<number> {
	const force = flags.forceConflicts === true;
	const main = {wish, rehearsal: await rehearse(cluster, wish, {force})};
	const account = await accountFor(cluster, wish.object, flags);
	const all = [...(account === undefined ? [] : [{wish: account, rehearsal: await rehearse(cluster, account)}]), main];
	const changing = all.filter(({rehearsal}) => rehearsal.outcome !== 'unchanged');
	const show = () => {
		for (const {rehearsal} of changing) showRehearsal(rehearsal);
	};
	if (changing.length > 0) {
		const names = changing.map(({rehearsal}) => objectName(rehearsal.after)).join(' and ');
		await consent(flags, show, `Apply ${names}?`);
	}
	for (const one of changing) await applyTold(cluster, one.wish, {force});
	const format = flags.output ?? 'text';
	if (format === 'text')
		for (const {rehearsal} of all) process.stdout.write(`${objectName(rehearsal.after)} ${rehearsal.outcome}\n`);
	else process.stdout.write(formatObjects([main.rehearsal.after], format));
	return exitCodes.done;
}

/** The account that the object names and the cluster has not: made where that was asked for, else told. */
async function accountFor(cluster: Cluster, object: KubernetesObject, flags: CreateFlags): Promise<Wish | undefined> {
	const spec = asRecord(object.spec);
	const name = asText(spec['serviceAccount']) || asText(asRecord(spec['template'])['serviceAccount']);
	const {namespace = ''} = object.metadata;
	if (name === '') return undefined;
	if ((await createPermits(cluster).get(accounts, namespace, name, 'optional')) !== 'absent') return undefined;
	if (flags.createAccount === true)
		return {resource: accounts, object: {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace}}};
	process.stderr.write(
		`There is no service account ${name} in namespace ${namespace}: make it with --create-account, or kubectl create serviceaccount ${name} -n ${namespace}\n`,
	);
	return undefined;
}
