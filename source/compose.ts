import {hostname} from 'node:os';
import {resolve} from 'node:path';
import {lintObjects} from './diagnosis/lint.ts';
import type {LintResult} from './diagnosis/lint-results.ts';
import {createFleet} from './fleet/fleet-store.ts';
import {createJournal} from './journal/journal.ts';
import type {KubernetesObject} from './mesh/kubernetes-object.ts';
import type {Settings} from './mesh/settings.ts';
import type {Target} from './mesh/target.ts';
import {refOf} from './mesh/workload-entry.ts';
import type {Reported} from './onboarding/doctor/report/markdown.ts';
import type {Wanted} from './onboarding/event.ts';
import {failureOf} from './onboarding/failure.ts';
import {givenOf, settingsOfRun} from './onboarding/given-settings.ts';
import {hostWord, readConfiguredTarget, readGroupTarget} from './onboarding/group-target.ts';
import {listEntries} from './onboarding/list-entries.ts';
import {findMeshPods} from './onboarding/mesh-pod.ts';
import {createCreation} from './onboarding/objects/creation.ts';
import {startExamination} from './onboarding/perform/examination.ts';
import {foresee} from './onboarding/perform/foresee.ts';
import {destinationOf} from './onboarding/perform/hosts.ts';
import {createVmLock, type VmLock} from './onboarding/perform/lock.ts';
import {createLogLevels} from './onboarding/perform/log-levels.ts';
import {makeBundle} from './onboarding/perform/make-bundle.ts';
import {createPerformer} from './onboarding/perform/performer.ts';
import {createPodDialer} from './onboarding/perform/pod-dialer.ts';
import {createProbePods, leftPod} from './onboarding/perform/probe-pods.ts';
import {makePlan, stepsOf} from './onboarding/plan.ts';
import {createPromptQueue} from './onboarding/prompt-queue.ts';
import {type LintScope, readLint} from './onboarding/read-lint.ts';
import {refuseLayout} from './onboarding/refuse-layout.ts';
import {entryToRemove} from './onboarding/removed-entry.ts';
import {readMesh, readTarget} from './onboarding/resolve.ts';
import {createRuns} from './onboarding/runs.ts';
import {createLimits} from './onboarding/scheduler.ts';
import type {RunPlan, Session} from './onboarding/session.ts';
import {refuseSharedVms} from './onboarding/shared-vm.ts';
import type {Facts} from './onboarding/step.ts';
import {cleanValue} from './output/clean-value.ts';
import {createRedactor} from './output/redact.ts';
import {configFolder, type Environment, homeFolder, stateFolder} from './paths.ts';
import type {Cluster, Connector, ImageArchive, Profile, Profiles, Survey} from './ports.ts';
import {createProfiles} from './profiles/profiles.ts';
import {lazily, sharedFor} from './shared-answers.ts';
import {systemClock} from './system-clock.ts';
import type {TerminalOptions} from './terminal/run-terminal.tsx';

/*
 * The only file that ties adapters to the rooms. Everything heavy (client-node, ssh2, the sandbox) is loaded by import()
 * when it is first needed: after the first frame, and never for --help.
 */

export type SessionOptions = {
	readonly env: Environment;
	readonly profileName: string;
	readonly profile: Profile;
	/** What the command line said; wins over the profile. */
	readonly flags: Profile;
	/** Defaults of the command, where they are not those of all. */
	readonly defaults?: Profile;
};

/** The store of profiles in the user's config folder. */
export function openProfiles(env: Environment) {
	return createProfiles({directory: configFolder(env)});
}

/** The cluster of a profile. Throws `cluster.unreachable` (exit 78) without a kubeconfig or with an unknown context. */
export async function openCluster(options: Pick<SessionOptions, 'env' | 'profile' | 'flags'>): Promise<Cluster> {
	return (await import('./kubernetes/cluster.ts')).createCluster(kubeconfigOf(options));
}

/** What the kubeconfig of a profile says; the server is not asked, and client-node not loaded. The two functions throw as openCluster does. */
export async function openKubeconfig(given: Pick<SessionOptions, 'env' | 'profile' | 'flags'>) {
	const {chooseContext, contextNames, kubeconfigPaths} = await import('./kubernetes/choose-context.ts');
	const options = kubeconfigOf(given);
	return {
		paths: kubeconfigPaths(options),
		contexts: () => contextNames(options),
		current() {
			const {context: name, cluster, namespace} = chooseContext(options);
			return {name, server: String(cluster['server']), namespace};
		},
	};
}

function kubeconfigOf({env, profile, flags}: Pick<SessionOptions, 'env' | 'profile' | 'flags'>) {
	const {kubeconfig, context} = {...profile, ...flags};
	return {env, ...(kubeconfig === undefined ? {} : {kubeconfig}), ...(context === undefined ? {} : {context})};
}

/** What this machine has for reaching clusters and VMs; neither is asked. */
async function survey(options: Pick<SessionOptions, 'env' | 'profile' | 'flags'>): Promise<Survey> {
	const [{surveySsh}, {surveyKubeconfig}] = await Promise.all([
		import('./ssh/survey-ssh.ts'),
		import('./kubernetes/survey-kubeconfig.ts'),
	]);
	const ssh = await surveySsh({env: options.env, home: homeFolder(options.env)});
	const kubeconfig = surveyKubeconfig(kubeconfigOf(options));
	return {...ssh, ...kubeconfig, problems: [...kubeconfig.problems, ...ssh.problems]};
}

/** What a file of this machine with an image says of itself. */
export async function readImageFile(path: string): Promise<ImageArchive> {
	return (await import('./files/image-archive.ts')).readImageArchive(path);
}

/** SSH, without a sitting around it. */
export async function openConnector(env: Environment): Promise<Connector> {
	return (await import('./ssh/connector.ts')).createConnector({env, home: homeFolder(env)});
}

/** The live list of a cluster's entries, without anything that runs need. */
export function openFleet(options: SessionOptions, cluster: Cluster) {
	const settings = {...options.profile, ...options.flags};
	return createFleet({
		cluster,
		clock: systemClock,
		scope: {namespaces: settings.namespaces ?? []},
		istioNamespace: settings.istioNamespace ?? 'istio-system',
		revision: settings.revision,
	});
}

/** The findings of objects in a cluster; no VM is asked. */
export async function lintCluster(options: SessionOptions, scope: LintScope): Promise<readonly LintResult[]> {
	const cluster = await openCluster(options);
	try {
		const read = await readLint(cluster, {flags: options.flags, profile: options.profile}, scope);
		return lintObjects(read.objects, read.options);
	} finally {
		cluster.close();
	}
}

/** A sitting: the live fleet, the runs, the questions. */
export async function openSession(options: SessionOptions, profiles: Profiles): Promise<Session> {
	const cluster = await openCluster(options);
	const {flags, profile, defaults = {}} = options;
	const settings: Settings = {flags, profile, defaults};
	const prompts = createPromptQueue();
	const redactor = createRedactor();
	const journal = createJournal(stateFolder(options.env));
	const fleet = openFleet(options, cluster);
	const stop = new AbortController();
	// SSH is opened by the first run, not by looking at the list.
	const connector = lazily(() => openConnector(options.env));
	// Targets of one plan, and eight checks that look again at once, share one reading of the mesh.
	const meshOf = sharedFor(2000, (of: Settings) => readMesh(cluster, of));
	// Nor do twenty matrices ask twenty times for pods to dial from.
	const meshPods = sharedFor(5000, (namespace: string) => findMeshPods(cluster, namespace));
	const dialFrom = createPodDialer(cluster);

	const resolve = async (
		word: string,
		{layout, group, configure, manifest}: Pick<Wanted, 'layout' | 'group' | 'configure' | 'manifest'>,
		of: Settings = settings,
		kept?: KubernetesObject,
	): Promise<Target> => {
		const mesh = await meshOf(of);
		if (configure !== undefined) return readConfiguredTarget(cluster, mesh, word, {configure, manifest}, of);
		const others = fleet.getSnapshot().rows.map(({entry}) => entry);
		const given = layout === undefined ? of : {...of, flags: {...of.flags, layout}};
		return group === undefined
			? readTarget(cluster, mesh, word, given, others, kept)
			: readGroupTarget(cluster, mesh, group, word, given, others);
	};
	const probes = createProbePods({cluster, clock: systemClock});
	const serverTime = () => (Date.now() + cluster.clockOffset()) / 1000;
	const factsOf = async (target: Target): Promise<Facts> => ({
		serverTime,
		// Without a key of one's own there is none to let in; preparation says so when it wants one.
		publicKey: await (await connector()).publicKey(destinationOf(target, 'user')).catch(() => undefined),
	});
	const plan = async (word: string, wanted: Wanted, of: Settings = settings): Promise<RunPlan> => {
		const kept = wanted.task === 'offboard' ? await entryToRemove(cluster, journal, word, wanted) : undefined;
		const target = await resolve(word, wanted, of, kept);
		refuseLayout(target, wanted.task);
		const run = {
			...wanted,
			...(wanted.deleteEntry === true && kept !== undefined ? {entry: kept} : {}),
			...(wanted.group === undefined ? {} : {host: word}),
			...(wanted.probe === true
				? {probePod: {name: probes.name, image: flags.probeImage ?? profile.probeImage ?? target.image.value}}
				: {}),
			layout: target.layout.value,
			profile: options.profileName,
			context: cluster.context,
			server: cluster.server,
			given: givenOf(of),
		};
		const facts = wanted.prepare || wanted.task === 'fix' ? await factsOf(target) : {};
		const looksFirst = stepsOf(run).find(({foresee}) => foresee !== undefined);
		if (looksFirst === undefined) return makePlan(target, run, facts);
		const found = await foresee(looksFirst, {target, facts, options: run}, performerOf(target), stop.signal);
		return makePlan(target, run, {...facts, ...found});
	};

	const limits = createLimits(flags.parallel ?? profile.parallel);
	const onSecret = (secret: string) => redactor.add(secret);
	const performerOf = (target: Target, lock?: VmLock, of: Settings = settings) =>
		createPerformer({
			...(lock === undefined ? {} : {lock}),
			cluster,
			connector: {
				connect: async (...words) => (await connector()).connect(...words),
				publicKey: async (destination) => (await connector()).publicKey(destination),
			},
			prompts,
			clock: systemClock,
			probes,
			meshPods,
			dialFrom,
			resolve: () =>
				target.group === undefined
					? resolve(target.ref, {layout: target.layout.value}, of)
					: resolve(hostWord(target), {layout: target.layout.value, group: refOf(target.group)}, of),
			localFile: async (path) => (await import('./ssh/local-file.ts')).localFile(path),
			imageArchive: readImageFile,
			onSecret,
		});
	const runs = createRuns({
		journal,
		clock: systemClock,
		limitOf: (task) => (task === 'check' || task === 'verify' ? limits.looks : limits.changes),
		steps: stepsOf,
		redactor,
		facts: factsOf,
		isHere: ({context, server = cluster.server}) => context === cluster.context && server === cluster.server,
		replan: ({target, options: wanted}) => plan(wanted.host ?? target, wanted, settingsOfRun(wanted.given, settings)),
		performer: (target, {id, task, changes, given}) =>
			performerOf(
				target,
				changes ? createVmLock(id, {...whoRuns(options.env), task, since: systemClock.now().toISOString()}) : undefined,
				settingsOfRun(given, settings),
			),
	});

	const logLevel = createLogLevels({connector, prompts, clock: systemClock}, (ref) => resolve(ref, {}), stop.signal);

	// Who has just been onboarded is in the list at once.
	runs.onEvent(({event}) => {
		if (event === 'run.finished') fleet.look();
	});

	return {
		profileName: options.profileName,
		profile: {...options.profile, ...options.flags},
		context: cluster.context,
		server: cluster.server,
		namespace: cluster.namespace,
		fleet: {
			getSnapshot: fleet.getSnapshot,
			subscribe: (listener) => {
				// Passing faults are told by the list itself; what rejects is a bug and ends the program as one.
				void fleet.start(stop.signal);
				return fleet.subscribe(listener);
			},
		},
		runs,
		prompts,
		profiles,
		create: createCreation({cluster, connect: connector, prompts, settings: {...options.profile, ...options.flags}}),
		async plan(refs, wanted) {
			const plans = await Promise.all(refs.map((ref) => plan(ref, wanted)));
			// Proxies that are there already do not get into each other's way.
			if (!['verify', 'renew', 'offboard', 'fix'].includes(wanted.task))
				refuseSharedVms(plans.map(({target}) => target));
			return plans;
		},
		attempt: (refs, wanted) =>
			Promise.all(refs.map((ref) => plan(ref, wanted).catch((error: unknown) => failureOf(ref, error)))),
		entries: (namespaces) => listEntries(cluster, namespaces),
		bundles: (plans) => Promise.all(plans.map((each) => limits.changes(() => makeBundle(cluster, each, onSecret)))),
		examine(ref, signal, {watch = false, live = false, dumps = false, reach = []} = {}) {
			const looking = {task: 'verify', prepare: false, force: false, reach} as const;
			return startExamination(
				{
					plan: (word) => plan(word, looking),
					performer: (target) => performerOf(target),
					serverTime,
					clock: systemClock,
					limit: limits.looks,
					redactor,
					watch,
					live,
					dumps,
				},
				ref,
				AbortSignal.any([signal, stop.signal]),
			);
		},
		async shell(ref) {
			const target = await resolve(ref, {});
			const {shellArguments} = await import('./ssh/shell-arguments.ts');
			return shellArguments(destinationOf(target, target.adminUser.value === undefined ? 'user' : 'admin'));
		},
		planFix: async (examination, wish) =>
			(await import('./onboarding/perform/plan-fix.ts')).planFix({cluster, plan}, examination, wish),
		logLevel,
		async readLog(ref, part, listener, signal) {
			const target = await resolve(ref, {});
			const {readLog} = await import('./onboarding/perform/logs.ts');
			const parts = {connector: await connector(), prompts, clock: systemClock, redactor, context: cluster.context};
			return readLog(parts, target, part, listener, AbortSignal.any([signal, stop.signal]));
		},
		async close() {
			await logLevel.close();
			stop.abort();
			await runs.settled();
			await runs.close();
			const left = await probes.close();
			cluster.close();
			return left.map(leftPod);
		},
	};
}

/** Where bundles and archives are saved: a folder or a file of the user's, whole or not at all. */
export async function openBundleFiles() {
	const [{saveFolder}, {saveFile, exists}] = await Promise.all([
		import('./files/save-folder.ts'),
		import('./files/save-file.ts'),
	]);
	return {saveFolder, saveFile, exists};
}

/** The examinations of an archive of the doctor's; neither cluster nor VM is asked. Throws UserError `archive` (exit 65). */
export async function openExaminations(path: string): Promise<readonly Reported[]> {
	const [{unpack}, {archiveError, readArchive}, {largestArchive}] = await Promise.all([
		import('./files/unpack.ts'),
		import('./onboarding/doctor/report/read-archive.ts'),
		import('./onboarding/doctor/report/archive.ts'),
	]);
	const unpacked = await unpack(path, largestArchive);
	if ('fault' in unpacked) throw archiveError(path, unpacked.fault);
	const redactor = createRedactor();
	return readArchive(unpacked.files, path).map(({record, examined}) => ({
		record,
		examined: cleanValue(examined, redactor),
	}));
}

/** The terminal UI: the first frame is drawn while the session is still opened. Answers the exit code. Throws `config.keys` before anything is drawn. */
export async function openBoard(
	options: SessionOptions,
	profiles: Profiles,
	about: Pick<TerminalOptions, 'version' | 'offersDemo' | 'kept' | 'target' | 'looks' | 'tour'> & {
		/** Asks first what to connect to: there is no profile yet. */
		readonly setsUpFirst?: boolean;
	},
): Promise<number | 'demo'> {
	const {runTerminal} = await import('./terminal/run-terminal.tsx');
	const {createCommandHistory} = await import('./files/command-history.ts');
	const {remapKeys} = await import('./terminal/remap.ts');
	const keymap = remapKeys(profiles.keys(), profiles.path);
	// What the screens connect to next, and again when they are asked to try once more.
	let asked = options;
	const ended = await runTerminal(about.setsUpFirst === true ? undefined : openSession(options, profiles), {
		...about,
		readOnly: options.flags.readOnly ?? options.profile.readOnly ?? false,
		context: options.flags.context ?? options.profile.context ?? '',
		profiles,
		// What the shell's command line said holds for another profile too, and what is chosen on the screens goes over both.
		connect({profile, ...change}) {
			const from =
				profile === undefined ? asked : {...options, profileName: profile, profile: profiles.get(profile) ?? {}};
			asked = {...from, flags: {...from.flags, ...change}};
			return openSession(asked, profiles);
		},
		contexts: async () => (await openKubeconfig(asked)).contexts(),
		setUp: {home: homeFolder(options.env), given: absolute(options.flags), survey: () => survey(asked)},
		history: createCommandHistory(stateFolder(options.env)),
		keymap,
	});
	if (ended.summary !== '') process.stdout.write(`${ended.summary}\n`);
	return ended.next ?? ended.exitCode;
}

/** The embedded mesh of the demo; `directory` is its own and goes with it. */
export async function openDemo(directory: string) {
	const {startSandbox} = await import('./sandbox/sandbox.ts');
	return startSandbox({directory});
}

/** What is kept in a profile must hold in another working directory too. */
function absolute(flags: Profile): Profile {
	return flags.kubeconfig === undefined ? flags : {...flags, kubeconfig: resolve(flags.kubeconfig)};
}

/** Who is named to others that find a VM held. */
function whoRuns(env: Environment) {
	return {by: `${env.USER || env.LOGNAME || 'somebody'}@${hostname()}`, pid: process.pid};
}
