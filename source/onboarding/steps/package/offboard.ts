import {certificates, everyPath} from '../../../bundle/package/placed.ts';
import type {Target} from '../../../mesh/target.ts';
import {clearHosts, isOurHostsLine, removeFiles, removePackage, stopIstio} from '../../../vm/package-commands.ts';
import type {PackageFacts} from '../../../vm/package-facts.ts';
import {parsePackageProbe} from '../../../vm/package-probe.ts';
import {type Exec, type Procedure, perform} from '../../action.ts';
import type {Wanted} from '../../event.ts';
import type {Outcome, Step, StepContext} from '../../step.ts';
import {drainSeconds} from '../offboard/container.ts';
import {entryStep} from '../offboard/entry.ts';
import {goneStep} from '../offboard/gone.ts';
import {asRoot, endOf} from '../prepare/as-admin.ts';
import {runPackages, startPackages} from '../prepare/packages.ts';
import {packageProbe} from './on-vm.ts';

const stop = asRoot(stopIstio);
const clear = [asRoot(removeFiles([...everyPath, ...certificates])), asRoot(clearHosts)] as const;

const unread: Outcome = {
	status: 'failed',
	detail: 'The VM could not be read as root: its answer had no end. Try again.',
};

/** Stops the service for good; the unit itself takes the rules of interception away when it stops (`istio-start.sh clean`). */
const serviceStep: Step = {
	id: 'offboard.service',
	phase: 'offboard',
	title: 'Stop the service istio',
	plan: () => [stop],
	*run(context) {
		const found = yield* look(context);
		if (found === undefined) return unread;
		const {active, enabled} = found.unit;
		if (active === '') return {status: 'skipped', detail: 'there is no service istio'};
		const other = identityOfAnother(context.target, found);
		if (other !== undefined) return {status: 'skipped', detail: `left: the service istio is ${other}`};
		const runs = active === 'active' || active === 'activating';
		if (!runs && enabled !== 'enabled') return {status: 'skipped', detail: 'it is stopped already'};
		if (runs && context.options.deleteEntry === true) {
			yield* perform({kind: 'wait', seconds: drainSeconds, why: 'the mesh stops sending requests to the VM'});
		}
		const failed = yield* run(stop);
		return failed === undefined
			? {status: 'succeeded', detail: 'istio stopped, and does not start with the machine', changed: true}
			: {status: 'failed', detail: `The service istio could not be stopped: ${failed}`};
	},
};

/** Removes the files, the certificates that the proxy got with them, and the line in `/etc/hosts`. */
const filesStep: Step = {
	id: 'offboard.files',
	phase: 'offboard',
	title: 'Remove the files of the package layout',
	plan: () => clear,
	*run(context) {
		const found = yield* look(context);
		if (found === undefined) return unread;
		const other = identityOfAnother(context.target, found);
		if (other !== undefined) return {status: 'skipped', detail: `left: they are ${other}`};
		const there = Object.keys(found.files);
		if (there.length === 0 && found.identity === '' && !found.hosts.some(isOurHostsLine))
			return {status: 'skipped', detail: 'there is none'};
		for (const action of clear) {
			const failed = yield* run(action);
			if (failed !== undefined) return {status: 'failed', detail: failed, changed: true};
		}
		return {status: 'succeeded', detail: there.length === 0 ? 'removed' : `${there.join(', ')} removed`, changed: true};
	},
};

/** Removes the package itself, with what its manager keeps of it. */
const packageStep: Step = {
	id: 'offboard.package',
	phase: 'offboard',
	title: "Remove Istio's package",
	plan: () => (['deb', 'rpm'] as const).map((manager) => startPackages(removePackage(manager))),
	*run(context) {
		const found = yield* look(context);
		if (found === undefined) return unread;
		if (found.version === '' || found.manager === '') return {status: 'skipped', detail: 'it is not installed'};
		const end = yield* runPackages(removePackage(found.manager));
		if (end.timedOut)
			return {status: 'failed', detail: 'The package manager has not ended yet; it goes on on the VM.', changed: true};
		return end.code === 0
			? {status: 'succeeded', detail: `istio-sidecar ${found.version} removed`, changed: true}
			: {
					status: 'failed',
					detail: `The package could not be removed: exit code ${end.code ?? 'unknown'}`,
					changed: true,
				};
	},
};

/** As `offboardSteps`, for a proxy of the package. */
export function packageOffboarding({deleteEntry, removePackage: whole}: Wanted): readonly Step[] {
	return [
		...(deleteEntry === true ? [entryStep] : []),
		serviceStep,
		filesStep,
		...(whole === true ? [packageStep] : []),
		goneStep,
	];
}

function* look({target}: StepContext): Procedure<PackageFacts | undefined> {
	return parsePackageProbe((yield* perform(packageProbe(target))).stdout);
}

/** A VM holds one proxy of the package: by the certificate that it keeps, it may be that of another account. */
function identityOfAnother({entry}: Target, {identity}: PackageFacts): string | undefined {
	const own = `/ns/${entry.namespace}/sa/${entry.serviceAccount}`;
	return identity === '' || identity.endsWith(own) ? undefined : `of another: ${identity}`;
}

/** How a command ended that failed; undefined when it did not. */
function* run(action: Exec): Procedure<string | undefined> {
	const result = yield* perform(action);
	return result.code === 0 ? undefined : endOf(result);
}
