import {catalogue} from '../diagnosis/catalogue.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {Target} from '../mesh/target.ts';

/** Throws `fleet.shared-vm` when two targets lead to the same SSH server: each proxy would remove the other. Neither may be onboarded until one is left out. */
export function refuseSharedVms(targets: readonly Target[]): void {
	const seen = new Map<string, Target>();
	for (const target of targets) {
		const place = `${target.ssh.host.value}:${target.ssh.port.value ?? 22}`;
		const other = seen.get(place);
		if (other !== undefined) {
			throw new UserError({
				code: 'fleet.shared-vm',
				message: `${other.ref} and ${target.ref} lead to the same VM, ${place}: one proxy would remove or block the other.`,
				hint: `Leave one of them out. ${catalogue['fleet.shared-vm'].remedy.text}`,
				exitCode: exitCodes.badData,
				evidence: [other, target].map(({ref, ssh}) => ({
					source: ref,
					text: `SSH host ${ssh.host.value} (${ssh.host.source})`,
				})),
			});
		}
		seen.set(place, target);
	}
}
