import {describe, expect, it} from 'vitest';
import type {Action} from '../../source/onboarding/action.ts';
import {describeAction} from '../../source/onboarding/describe.ts';
import {makePlan, stepsOf} from '../../source/onboarding/plan.ts';
import {targetNamed} from '../helpers/target.ts';

const target = targetNamed('ratings-vm', 'bookinfo');
const options = {task: 'onboard', prepare: true, force: false, profile: 'default', context: 'lab'} as const;

describe('the plan of a run', () => {
	it('goes through prepare, check, bootstrap and verify, each step under an id of its own', () => {
		const {steps} = makePlan(target, options);
		expect([...new Set(steps.map(({phase}) => phase))]).toEqual(['prepare', 'check', 'bootstrap', 'verify']);
		expect(new Set(steps.map(({id}) => id)).size).toBe(steps.length);
		for (const {id, phase} of steps) expect(id.startsWith(`${phase}.`)).toBe(true);
	});

	it('leaves preparation out unless it was asked for', () => {
		expect(stepsOf({task: 'onboard', prepare: false, force: false}).some(({phase}) => phase === 'prepare')).toBe(false);
	});

	it('shows only what changes something, and checks and verifies change nothing', () => {
		for (const {phase, actions} of makePlan(target, options).steps) {
			if (phase === 'check' || phase === 'verify') expect(actions).toEqual([]);
			for (const action of actions) expect(action).toMatchObject({changes: true});
		}
	});

	it('shows every command of the preparation, with the key that it lets in', () => {
		const plan = makePlan(target, options, {publicKey: 'ssh-ed25519 AAAAC3Nza someone@desk'});
		const text = plan.steps
			.filter(({phase}) => phase === 'prepare')
			.flatMap(({actions}) => actions.map((action) => describeAction(action, target)))
			.join('\n');
		for (const command of [
			'record.sh engine apt-get update',
			'apt-get install -y docker.io',
			'dpkg --configure -a',
			'record.sh engine systemctl enable --now docker',
			'/etc/istio-proxy useradd --create-home',
			'ssh-ed25519 AAAAC3Nza someone@desk',
			'/etc/istio-proxy usermod -aG docker istio-proxy',
			'/etc/istio-proxy chmod 775 /etc/istio-proxy',
		]) {
			expect(text).toContain(command);
		}
	});

	it('never shows a token', () => {
		const text = makePlan(target, options)
			.steps.flatMap(({actions}) => actions.map((action) => describeAction(action, target)))
			.join('\n');
		expect(text).toContain(
			'[redacted] (audience istio-ca, lifetime 24 h, subject system:serviceaccount:bookinfo:bookinfo-ratings)',
		);
	});
});

describe('an action in words', () => {
	it.each<[Action, string]>([
		[{kind: 'exec', as: 'user', command: 'docker ps', changes: false}, 'docker ps'],
		[{kind: 'exec', as: 'admin', sudo: true, command: 'true', changes: false}, 'sudo true'],
		[{kind: 'dial', host: 'fd00::1', port: 15012, timeoutSeconds: 5}, 'connect from the VM to [fd00::1]:15012'],
		[{kind: 'http', port: 15000, path: '/certs'}, 'GET http://127.0.0.1:15000/certs on the VM'],
		[
			{kind: 'pod-dial', host: '10.0.0.1', port: 9080, timeoutSeconds: 5},
			'connect from a pod of the mesh to 10.0.0.1:9080',
		],
		[
			{
				kind: 'write',
				as: 'user',
				directory: '/etc/istio-proxy/',
				changes: true,
				files: [
					{name: 'sidecar.env', mode: 0o644, content: 'Ä=1'},
					{name: 'istio-token', mode: 0o640, content: {secret: 'token'}},
				],
			},
			'write /etc/istio-proxy/sidecar.env, mode 0644, 4 bytes\nwrite /etc/istio-proxy/istio-token, mode 0640, token [redacted] (audience istio-ca, lifetime 24 h, subject system:serviceaccount:bookinfo:bookinfo-ratings)',
		],
	])('%j', (action, text) => {
		expect(describeAction(action, target)).toBe(text);
	});

	it('holds no escape sequence of an annotation', () => {
		const action: Action = {kind: 'exec', as: 'user', command: "mkdir '/tmp/\u001B[2J\u001B]0;x\u0007'", changes: true};
		expect(describeAction(action, target)).toBe("mkdir '/tmp/'");
	});
});
