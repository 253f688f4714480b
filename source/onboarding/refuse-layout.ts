import {exitCodes, UserError} from '../errors.ts';
import type {Target} from '../mesh/target.ts';
import type {Task} from './event.ts';

/** Throws UserError `usage` for a preparation where the proxy is Istio's package, which brings by itself what it needs. */
export function refuseLayout({layout, ref}: Pick<Target, 'layout' | 'ref'>, task: Task): void {
	if (task !== 'prepare' || layout.value === 'container') return;
	throw new UserError({
		code: 'usage',
		message: `prepare makes VMs ready for containers, and ${ref} has Istio's package by ${layout.source === 'profile' ? 'the profile' : 'the flag'}, which brings what it needs.`,
		hint: 'Use meshboard onboard --layout package --package FILE, or --layout container for this call.',
		exitCode: exitCodes.usage,
	});
}
