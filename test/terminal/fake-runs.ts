import type {Action} from '../../source/onboarding/action.ts';
import type {StepHead, Wanted} from '../../source/onboarding/event.ts';
import type {RunState} from '../../source/onboarding/run.ts';
import type {RunPlan} from '../../source/onboarding/session.ts';
import {targetNamed} from '../helpers/target.ts';

export const heads: readonly StepHead[] = [
	{id: 'check.objects', phase: 'check', title: 'Objects in the cluster'},
	{id: 'check.gateway', phase: 'check', title: 'Gateway reachable from the VM'},
	{id: 'bootstrap.files', phase: 'bootstrap', title: 'Write the bundle'},
	{id: 'bootstrap.image', phase: 'bootstrap', title: 'Pull the proxy image'},
	{id: 'bootstrap.start', phase: 'bootstrap', title: 'Start the proxy'},
	{id: 'verify.ready', phase: 'verify', title: 'Proxy is ready'},
];

export const checkHeads: readonly StepHead[] = [
	{id: 'check.objects', phase: 'check', title: 'Objects in the cluster'},
	{id: 'check.flows', phase: 'check', title: 'Try every way from both ends'},
];

const pull: Action = {
	kind: 'exec',
	as: 'user',
	command: 'docker pull docker.io/istio/proxyv2:1.31.0',
	changes: true,
	show: true,
};

export function brokenRun(ref: string): RunState {
	return {
		id: `broken-${ref}`,
		target: ref,
		host: '10.128.0.2',
		options: {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'kind-lab'},
		status: 'running',
		steps: heads.map((head, index) => ({
			...head,
			state: index === 0 ? 'succeeded' : index === 1 ? 'running' : 'pending',
			detail: '',
			changed: false,
			attempts: 1,
			startedAt: '2026-11-24T03:00:00Z',
			endedAt: undefined,
			commands: [],
			checks: [],
			findings: [],
		})),
		startedAt: '2026-11-24T03:00:00Z',
		begunAt: '2026-11-24T03:00:00Z',
		updatedAt: '2026-11-24T03:01:00Z',
		seconds: undefined,
	};
}

/** The plan of an entry, as the session makes it. */
export function planOf(ref: string, wanted: Wanted, hostOf?: (name: string) => string): RunPlan {
	const [name = '', namespace = ''] = ref.split('.');
	const target = targetNamed(name, namespace);
	return {
		target:
			hostOf === undefined
				? target
				: {...target, ssh: {...target.ssh, host: {...target.ssh.host, value: hostOf(name)}}},
		options: {...wanted, profile: 'default', context: 'kind-lab'},
		steps: heads
			.filter(({phase}) => wanted.task !== 'check' || phase === 'check')
			.map((head) => ({...head, actions: head.id === 'bootstrap.image' ? [pull] : []})),
	};
}
