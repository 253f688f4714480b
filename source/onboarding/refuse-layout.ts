import {exitCodes, UserError} from '../errors.ts';
import type {Target} from '../mesh/target.ts';
import type {Task} from './event.ts';

/** What knows Istio's package; whatever else would look for a container where there is none. */
const known: readonly Task[] = ['onboard', 'check', 'bootstrap', 'verify'];

/** Throws UserError `usage` for a task that works on containers only, where the proxy is the package's. */
export function refuseLayout({layout, ref}: Pick<Target, 'layout' | 'ref'>, task: Task): void {
	if (known.includes(task) || layout.value === 'container') return;
	throw new UserError({
		code: 'usage',
		message: `${task} works on containers, and ${ref} has Istio's package by ${layout.source === 'profile' ? 'the profile' : 'the flag'}.`,
		hint: 'Use --layout container for this call, or do it on the VM: systemctl status istio.',
		exitCode: exitCodes.usage,
	});
}
