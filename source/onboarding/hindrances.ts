import type {Finding} from '../diagnosis/finding.ts';
import type {Target} from '../mesh/target.ts';
import type {Task} from './event.ts';

/**
 * What is known of a target and concerns a task: an onboarding wants everything in order, preparation what the entry says of the VM, a new
 * token what tokens are issued for; to take a VM away again, to look at it, or to mend it, nothing needs to be right.
 */
export function problemsFor({problems}: Pick<Target, 'problems'>, task: Task): readonly Finding[] {
	switch (task) {
		case 'onboard':
		case 'check':
		case 'bootstrap':
			return problems;
		case 'prepare':
			return problems.filter(({id}) => id === 'entry.invalid');
		case 'renew':
			return problems.filter(
				({id}) => id.startsWith('token.') || id === 'entry.service-account-missing' || id === 'entry.invalid',
			);
		case 'verify':
		case 'offboard':
		case 'fix':
			return [];
	}
}

/** The problems that stop a task before anything is changed; a check tells them and goes on. */
export function hindrances(target: Pick<Target, 'problems'>, task: Task): readonly Finding[] {
	if (task === 'check') return [];
	return problemsFor(target, task).filter(({severity}) => severity === 'error');
}
