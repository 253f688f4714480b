import {catalogue} from '../diagnosis/catalogue.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {Target} from '../mesh/target.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';

/** Throws `fleet.shared-vm` when two targets lead to the same SSH server: each proxy would remove the other. Neither may be onboarded until one is left out. */
export function refuseSharedVms(targets: readonly Target[]): void {
	for (const [, error] of sharedVms(targets)) throw error;
}

/**
 * The error `fleet.shared-vm` of every target that shares its SSH server with another. `onlyFiles`: no proxy is started, so that they are in
 * each other's way in the same directory only.
 */
export function sharedVms(
	targets: readonly Target[],
	{onlyFiles = false}: {readonly onlyFiles?: boolean} = {},
): ReadonlyMap<TargetRef, UserError> {
	const places = Map.groupBy(targets, ({ssh, configDir}) => {
		const server = `${ssh.host.value}:${ssh.port.value ?? 22}`;
		return onlyFiles ? `${server} ${configDir.value}` : server;
	});
	const errors = [...places].flatMap(([place, [one, other, ...more]]) => {
		if (one === undefined || other === undefined) return [];
		const error = shared(one, other, place);
		return [one, other, ...more].map(({ref}) => [ref, error] as const);
	});
	return new Map(errors);
}

function shared(one: Target, other: Target, place: string): UserError {
	return new UserError({
		code: 'fleet.shared-vm',
		message: `${one.ref} and ${other.ref} lead to the same VM, ${place}: one proxy would remove or block the other.`,
		hint: `Leave one of them out. ${catalogue['fleet.shared-vm'].remedy.text}`,
		exitCode: exitCodes.badData,
		evidence: [one, other].map(({ref, ssh}) => ({
			source: ref,
			text: `SSH host ${ssh.host.value} (${ssh.host.source})`,
		})),
	});
}
