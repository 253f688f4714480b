import {knownOf} from '../../../diagnosis/facts.ts';
import {interceptionVerdicts} from '../../steps/interception/judge.ts';
import type {DoctorRule} from './rule.ts';

/** `iptables.*`: what redirects traffic on the VM. */
export const rulesRule: DoctorRule = (context, facts) => {
	const seen = knownOf(facts.rules);
	if (seen === undefined) return [];
	const {port} = context.target.ssh;
	const sshd = knownOf(facts.vm)?.vm.listeners?.filter(({process}) => process.startsWith('sshd')) ?? [];
	const ports = [...sshd.map((one) => one.port), port.value ?? 22];
	return interceptionVerdicts(context, seen, 'running', ports);
};
