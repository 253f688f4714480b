import {bundleFileNames} from '../../../bundle/files.ts';
import type {Target} from '../../../mesh/target.ts';
import {parseContainer} from '../../../proxy/container.ts';
import {restartIstio} from '../../../vm/package-commands.ts';
import {commandLine, quote} from '../../../vm/quote.ts';
import {type Exec, perform, performAll} from '../../action.ts';
import type {ProxyFix} from '../../fix/fix-options.ts';
import type {Step, StepContext} from '../../step.ts';
import {compareStep} from '../bootstrap/compare.ts';
import {filesStep} from '../bootstrap/files.ts';
import {imageStep} from '../bootstrap/image.ts';
import {nameConflict} from '../bootstrap/name-conflict.ts';
import {containerInspection, dockerFailed, look} from '../bootstrap/on-vm.ts';
import {readStep} from '../bootstrap/read.ts';
import {startStep} from '../bootstrap/start.ts';
import {tokenStep} from '../bootstrap/token.ts';
import {packageBootstrap} from '../package/bootstrap.ts';
import {comparePackageStep} from '../package/compare.ts';
import {packageRenewal} from '../package/renew.ts';
import {serviceStep} from '../package/service.ts';
import {asRoot, endOf} from '../prepare/as-admin.ts';
import {renewSteps} from '../renew/index.ts';
import {restartStep} from '../renew/restart.ts';
import {certificateStep} from '../verify/certificate.ts';
import {containerStep} from '../verify/container.ts';
import {istiodStep} from '../verify/istiod.ts';
import {readyStep} from '../verify/ready.ts';

/** Where there is no file to mount, the engine makes a directory of root's in its place, which no rename replaces. */
const clearStep: Step = {
	id: 'fix.clear',
	phase: 'fix',
	title: 'Clear away directories in the place of files',
	plan: ({target}) => [remove(target), clear(target)],
	*run(context) {
		const {target} = context;
		const [found, inspection] = yield* performAll(look(directories(target)), look(containerInspection(target)));
		if (found.stdout.trim() === '') return {status: 'skipped', detail: 'there are none'};
		const container = parseContainer(inspection.stdout);
		const conflict = nameConflict(context, container);
		if (conflict !== undefined) return conflict;
		// One that is started again and again would have them made anew.
		if (container !== undefined) {
			const removed = yield* perform(remove(target));
			if (removed.code !== 0) return dockerFailed(context, remove(target).command, removed, 'proxy.not-running');
		}
		const cleared = yield* perform(clear(target));
		return cleared.code === 0
			? {status: 'succeeded', detail: found.stdout.trim().split('\n').join(', '), changed: true}
			: {status: 'failed', detail: endOf(cleared), changed: true};
	},
};

function placesOf({configDir}: Target): string {
	return bundleFileNames.map((name) => quote(`${configDir.value}/${name}`)).join(' ');
}

function directories(target: Target): string {
	return `for place in ${placesOf(target)}; do [ ! -d "$place" ] || echo "$place"; done`;
}

/** Nothing but empty directories is taken away. */
function clear(target: Target): Exec {
	const command = `for place in ${placesOf(target)}; do [ ! -d "$place" ] || rmdir "$place" || exit; done`;
	return {kind: 'exec', as: 'user', command, changes: true, show: true};
}

function remove({runtime, containerName}: Target): Exec {
	const command = commandLine([runtime.value, 'rm', '--force', containerName.value]);
	return {kind: 'exec', as: 'user', command, changes: true, show: true};
}

/** The comparison of a bootstrap; where it finds no difference the proxy is started anew all the same, for what is wrong with it is in none of the files. */
function anew(compare: Step): Step {
	return {
		...compare,
		*run(context: StepContext) {
			const outcome = yield* compare.run(context);
			if (outcome.facts?.unchanged !== true) return outcome;
			const detail = 'files and token are as they should be; the proxy is started anew';
			return {...outcome, detail, facts: {...outcome.facts, unchanged: false, stale: []}};
		},
	};
}

const restartAnywayStep: Step = {
	...restartStep,
	id: 'fix.restart',
	phase: 'fix',
	title: 'Restart the proxy',
	run: (context) =>
		restartStep.run({...context, facts: {...context.facts, restart: {needed: true, why: 'as the cause wants it'}}}),
};

const restartServiceStep: Step = {
	id: 'fix.restart',
	phase: 'fix',
	title: 'Restart the service istio',
	plan: () => [asRoot(restartIstio, {timeoutSeconds: 120})],
	*run() {
		const result = yield* perform(asRoot(restartIstio, {timeoutSeconds: 120}));
		return result.code === 0
			? {status: 'succeeded', detail: 'The service istio restarted', changed: true}
			: {status: 'failed', detail: endOf(result), changed: true};
	},
};

const seen: readonly Step[] = [readyStep, certificateStep, istiodStep];

/** What is done about a proxy, and the look whether it is in the mesh then; by how it runs on the VM. */
export const proxySteps: Readonly<
	Record<ProxyFix, {readonly container: readonly Step[]; readonly package: readonly Step[]}>
> = {
	renew: {container: renewSteps, package: packageRenewal},
	recreate: {
		container: [
			readStep,
			clearStep,
			anew(compareStep),
			tokenStep,
			filesStep,
			imageStep,
			startStep,
			containerStep,
			...seen,
		],
		package: [
			...packageBootstrap.map((step) => (step === comparePackageStep ? anew(step) : step)),
			serviceStep,
			...seen,
		],
	},
	restart: {
		container: [restartAnywayStep, containerStep, ...seen],
		package: [restartServiceStep, serviceStep, ...seen],
	},
};
