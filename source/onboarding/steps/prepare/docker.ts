import type {Check, Finding, Remedy} from '../../../diagnosis/finding.ts';
import type {Runtime} from '../../../ports.ts';
import type {AdminFacts} from '../../../vm/admin-facts.ts';
import {type Family, familiesOf, familyOf, installByHand, notOffered, packageOf} from '../../../vm/distribution.ts';
import {refusalOf} from '../../../vm/package-refusal.ts';
import {plainLines} from '../../../vm/plain-text.ts';
import {startDocker} from '../../../vm/preparation.ts';
import {recordedEngine} from '../../../vm/undo/record.ts';
import {isOutOfReach, nameProxyFor} from '../../../vm/ways-out.ts';
import {type Procedure, perform} from '../../action.ts';
import type {Outcome, Step, StepContext} from '../../step.ts';
import {engineName} from '../engine-name.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {endOf, lookAsAdmin} from './as-admin.ts';
import {followPackages, type PackageEnd, runPackages, startPackages, update} from './packages.ts';
import {partCheck} from './part-check.ts';
import {bringRecord, onEngine} from './record.ts';
import {noRoom} from './room.ts';

/** The engine from the distribution; Docker's service running now and after a reboot, podman has none. */
export const dockerStep: Step = {
	id: 'prepare.docker',
	phase: 'prepare',
	title: 'Install and start Docker',
	// Which of these it takes is seen on the VM: only what is missing is done.
	titleFor: ({runtime}) => (runtime.value === 'docker' ? undefined : 'Install podman'),
	plan({target: {runtime}}) {
		const {repair, update: lists} = packageOf(runtime.value);
		const installs = familiesOf(runtime.value).map(({install}) => startPackages(recordedEngine(install)));
		const packages = [bringRecord, startPackages(recordedEngine(repair)), update(recordedEngine(lists)), ...installs];
		return runtime.value === 'docker' ? [...packages, onEngine(startDocker)] : packages;
	},
	*run(context) {
		const runtime = context.target.runtime.value;
		const before = context.facts.admin ?? (yield* lookAsAdmin(context));
		if (isReady(before)) return alreadyThere(context, before);

		const lack = installs(before, runtime) ? noRoom(context, before, runtime) : undefined;
		if (lack !== undefined) return {...lack, facts: {admin: before}};
		const end = yield* installMissing(before, runtime);
		if (end !== undefined && end.code !== 0) return notInstalled(context, before, end);
		const family = familyOf(before.os, runtime, before.packages.dockerCe);
		if (end === undefined && before.engine.state === 'missing' && family === undefined) {
			return unknownDistribution(context, before);
		}
		let after = end === undefined ? before : yield* lookAsAdmin(context);
		if (after.engine.state === 'missing') {
			const words = 'the package manager ended well, and yet there is no engine';
			return notInstalled(context, after, {code: 0, text: words, timedOut: false});
		}
		const started = !isReady(after) && runtime === 'docker';
		if (started) {
			yield* perform(bringRecord);
			const start = yield* perform(onEngine(startDocker));
			after = yield* lookAsAdmin(context);
			if (!isReady(after)) return notStarted(context, after, endOf(start));
		}
		const done = end === undefined ? 'started' : 'installed';
		return {
			status: 'succeeded',
			detail: [`${engineName(runtime)} ${after.engine.text}`, done, end?.waited ?? '']
				.filter((part) => part !== '')
				.join(', '),
			changed: true,
			checks: checksOf(runtime, before, after, {installed: end !== undefined, started}),
			facts: {admin: after},
		};
	},
};

function checksOf(
	runtime: Runtime,
	before: AdminFacts,
	after: AdminFacts,
	done: {readonly installed: boolean; readonly started: boolean},
): readonly Check[] {
	const version = ({engine: {state, text}}: AdminFacts) => (state === 'usable' ? text : state);
	const service = ({engine: {active, enabled}}: AdminFacts) =>
		enabled === '' ? 'no service' : `${active}, ${enabled} at boot`;
	const of = (state: (facts: AdminFacts) => string) => ({before: state(before), after: state(after)});
	return [
		partCheck('prepare.docker.engine', engineName(runtime), {...of(version), done: done.installed}),
		...(runtime === 'docker'
			? [partCheck('prepare.docker.service', 'service docker', {...of(service), done: done.started})]
			: []),
	];
}

/** The engine answers, nothing is being installed, and its service, where systemd has one, runs and starts with the machine. */
function isReady({engine, packages}: AdminFacts): boolean {
	if (engine.state !== 'usable' || packages.running) return false;
	return engine.enabled === '' || (engine.active === 'active' && !/^(disabled|masked)/.test(engine.enabled));
}

function alreadyThere({target}: StepContext, admin: AdminFacts): Outcome {
	const runtime = target.runtime.value;
	return {
		status: 'succeeded',
		detail: `${engineName(runtime)} ${admin.engine.text}, already there`,
		checks: checksOf(runtime, admin, admin, {installed: false, started: false}),
		facts: {admin},
	};
}

/** Is there something for the package manager to begin, by a way that is known? */
function installs({engine, os, packages}: AdminFacts, runtime: Runtime): boolean {
	if (packages.running || familyOf(os, runtime, packages.dockerCe) === undefined) return false;
	return engine.state === 'missing' || packages.interrupted;
}

/** Has the package manager do what is to be done; undefined when there is nothing, or nobody knows how. */
function* installMissing(admin: AdminFacts, runtime: Runtime): Procedure<PackageEnd | undefined> {
	const {engine, os, packages} = admin;
	// Begun by an earlier attempt whose connection broke off: it goes on, and is waited for.
	if (packages.running) return yield* followPackages();
	const family = familyOf(os, runtime, packages.dockerCe);
	if (family === undefined || !installs(admin, runtime)) return undefined;
	yield* perform(bringRecord);
	if (packages.interrupted && family.repair !== undefined) {
		const repaired = yield* runPackages(recordedEngine(family.repair));
		// Half of the distribution's Docker wants the other half; another Docker (docker-ce) must not be replaced by it.
		if (repaired.code !== 0 || (engine.state !== 'missing' && !packages.chosen)) return repaired;
	}
	return yield* installFrom(family, packages.candidate !== '' || packages.dockerCe);
}

// "apt-get update" takes long on a slow line, so it is left out while the lists serve; they are stale when a file is gone (404).
const staleLists = /404 +not found|unable to (fetch|locate)|no installation candidate|failed to fetch/i;

function* installFrom({install, update: lists}: Family, listed: boolean): Procedure<PackageEnd> {
	if (listed || lists === undefined) {
		const end = yield* runPackages(recordedEngine(install));
		if (lists === undefined || end.code === 0 || !staleLists.test(end.text)) return end;
	}
	const updated = yield* runPackages(lists, update(recordedEngine(lists)));
	return updated.code === 0 ? yield* runPackages(recordedEngine(install)) : updated;
}

function notInstalled(context: StepContext, admin: AdminFacts, end: PackageEnd): Outcome {
	if (end.timedOut) {
		return {
			status: 'failed',
			detail: 'The package manager has not ended yet; it goes on on the VM. Try again to go on waiting for it.',
			changed: true,
		};
	}
	const runtime = context.target.runtime.value;
	const {cause, line} = refusalOf(end.text);
	const summary = `${engineName(runtime)} could not be installed on ${admin.os.prettyName}: ${line}`;
	const {install} = familyOf(admin.os, runtime, admin.packages.dockerCe) ?? packageOf(runtime);
	const evidence = [{source: `${install} (exit code ${end.code ?? 'unknown'})`, text: plainLines(end.text, 10)}];
	const found = findingAbout(
		context,
		cause === 'disk' ? 'vm.disk-unwritable' : 'vm.runtime-missing',
		evidence,
		summary,
	);
	if (isOutOfReach(end.text)) return stoppedBy({...found, remedy: wayOut(admin)}, {changed: true, facts: {admin}});
	const command = runtime === 'docker' ? installByHand(admin.os) : undefined;
	const text = `No repository of this VM has ${engineName(runtime)}: add one that has it, Docker's own for instance, or let podman run the proxy (--runtime podman).`;
	const remedy = command === undefined ? {text} : {text, command};
	return stoppedBy(notOffered.test(end.text) ? {...found, remedy} : found, {changed: true, facts: {admin}});
}

/** It reaches nothing: the way out is to be opened, or the proxy named, for the packages and for the image that is pulled then. */
function wayOut({os, waysOut, tools}: AdminFacts): Remedy {
	const proxy = waysOut.packages === '' ? waysOut.environment : waysOut.packages;
	const tool = tools.includes('apt-get') ? 'apt' : tools.includes('zypper') ? 'zypper' : 'rpm';
	return proxy === ''
		? {
				text: `The package manager of ${os.prettyName} reaches no repository: open the VM's way to it, or name the proxy there is (http_proxy being its URL), also for Docker, which pulls the proxy's image: ${nameProxyFor('docker')}`,
				command: nameProxyFor(tool),
			}
		: {
				text: `The package manager goes by the proxy ${proxy} and does not get out: correct its address on the VM, or what it lets through.`,
			};
}

function unknownDistribution(context: StepContext, admin: AdminFacts): Outcome {
	const name = admin.os.prettyName === '' ? 'a distribution that does not tell its name' : admin.os.prettyName;
	const engine = engineName(context.target.runtime.value);
	const summary = `${engine} is not on this VM, which runs ${name}; meshboard does not know its packages.`;
	const command = engine === 'Docker' ? installByHand(admin.os) : undefined;
	const evidence = [{source: '/etc/os-release', text: `ID=${admin.os.id} (${name})`}];
	const found: Finding = {
		...findingAbout(context, 'vm.runtime-missing', evidence, summary),
		remedy: {
			text: `Install ${engine} from the distribution's packages by hand, then try again: all else is prepared as usual.`,
			...(command === undefined ? {} : {command}),
		},
	};
	return stoppedBy(found, {facts: {admin}});
}

function notStarted(context: StepContext, admin: AdminFacts, words: string): Outcome {
	const {engine} = admin;
	const summary = `Docker is installed and its service does not run: ${engine.text === '' ? words : engine.text}`;
	const text = `${words} (is-active: ${engine.active}, is-enabled: ${engine.enabled})`;
	const found = findingAbout(context, 'vm.docker-stopped', [{source: startDocker, text}], summary);
	return stoppedBy(found, {changed: true, facts: {admin}});
}
