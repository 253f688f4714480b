import {describe, expect, it} from 'vitest';
import {containerCommand} from '../../../source/bundle/container.ts';
import {compareStep} from '../../../source/onboarding/steps/bootstrap/compare.ts';
import {confinedTarget} from '../../../source/onboarding/steps/bootstrap/confined.ts';
import {formOf} from '../../../source/proxy/container.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

const target = targetNamed('ratings-vm', 'bookinfo');
const answer = (selinux: string, engine: string) => `=confinement 0\n|selinux ${selinux}\n|engine ${engine}\n`;

describe('the command of the container', () => {
	it.each([
		['Enforcing', '', '-v /etc/istio-proxy/istio-token:/var/run/secrets/tokens/istio-token:z ', '--userns'],
		['', '["name=seccomp","name=userns"]', '--network host --userns host ', ':z '],
		['Permissive', '["name=apparmor"]', '--network host -v', ':z '],
	])('fits a VM with SELinux %j and the engine %j', (selinux, engine, has, hasNot) => {
		const command = containerCommand(confinedTarget(target, answer(selinux, engine))).join(' ');
		expect(command).toContain(has);
		expect(command).not.toContain(hasNot);
	});

	it('is the original’s where nothing confines', () => {
		expect(confinedTarget(target, answer('', ''))).toBe(target);
		expect(confinedTarget(target, '')).toBe(target);
	});

	it.each(['docker', 'podman'] as const)('is no other one for a %s that was started with a label', (runtime) => {
		const of = confinedTarget({...target, runtime: {value: runtime, source: 'flag'}}, answer('Enforcing', ''));
		const {binds, network, restartPolicy, command, image, extraHosts} = formOf(containerCommand(of));
		// What podman tells of a mount has no label.
		const told = runtime === 'podman' ? binds.map((bind) => bind.replace(/:z$/, ':rw,rprivate,rbind')) : binds;
		const container = {
			State: {Status: 'running', StartedAt: '2026-11-24T00:00:00Z'},
			Config: {Image: image, Cmd: command, Env: ['POD_NAME=ratings-vm', 'POD_NAMESPACE=bookinfo']},
			HostConfig: {
				...{Binds: told, NetworkMode: network, RestartPolicy: {Name: restartPolicy}, ExtraHosts: extraHosts},
			},
		};
		const options = {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
		const {outcome} = drive(compareStep, {target: of, facts: {}, options}, (action) =>
			action.kind === 'exec' && action.command.includes('container inspect')
				? ran(JSON.stringify([container]))
				: action.kind === 'exec' && action.command.startsWith('# meshboard looks')
					? ran(answer('Enforcing', ''))
					: ran(),
		);
		expect(outcome.detail).not.toContain('mounts');
		expect(outcome.target?.confined).toEqual({relabel: true, hostUsers: false});
	});
});
