import {describe, expect, it} from 'vitest';
import {containerCommand} from '../../source/bundle/container.ts';
import type {Target} from '../../source/mesh/target.ts';
import type {Action} from '../../source/onboarding/action.ts';
import {describeAction} from '../../source/onboarding/describe.ts';
import {makePlan} from '../../source/onboarding/plan.ts';
import {vmStep} from '../../source/onboarding/steps/check/vm.ts';
import {dockerStep} from '../../source/onboarding/steps/prepare/docker.ts';
import {userStep} from '../../source/onboarding/steps/prepare/user.ts';
import {findingAbout} from '../../source/onboarding/steps/stopped-by.ts';
import {targetNamed} from '../helpers/target.ts';
import {drive, ran} from './drive.ts';

const podman: Partial<Target> = {runtime: {value: 'podman', source: 'flag'}};
const target = targetNamed('ratings-vm', 'bookinfo', podman);
const options = {task: 'onboard', prepare: true, force: false, profile: 'default', context: 'lab'} as const;
const facts = {publicKey: 'ssh-ed25519 AAAAC3Nza someone@desk'};

/** A probe's answer in sections. */
const said = (sections: Readonly<Record<string, readonly [number, ...string[]]>>) =>
	Object.entries(sections)
		.map(([name, [code, ...lines]]) => `=${name} ${code}\n${lines.map((line) => `|${line}\n`).join('')}`)
		.join('');

describe('with podman', () => {
	it('the container starts with the same words, but for the program and what starts at boot', () => {
		const asDocker = containerCommand(targetNamed('ratings-vm', 'bookinfo'));
		const [program, ...words] = containerCommand(target);
		expect(program).toBe('podman');
		expect(words).toEqual(asDocker.slice(1).map((word) => (word === 'unless-stopped' ? 'always' : word)));
	});

	it.each(['onboard', 'renew', 'offboard'] as const)('no command of the plan of %s names docker', (task) => {
		const plan = makePlan(target, {...options, task, removeImage: true}, facts);
		const text = plan.steps.flatMap(({title, actions}) => [
			title,
			...actions.map((one) => describeAction(one, target)),
		]);
		expect(text.join('\n')).not.toMatch(/docker (?!to)|Docker|docker\.io$/m);
		expect(text.join('\n')).toMatch(/podman/);
	});

	it('a remedy names the program too', () => {
		const found = findingAbout({target, options}, 'proxy.not-ready', []);
		expect(found.remedy.command).toBe('podman logs --tail 200 istio-proxy');
	});
});

describe('the preparation', () => {
	const base = {kernel: [0, 'Linux'], os: [0, 'ID=debian', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"']} as const;
	const lists = [0, 'candidate 4.3.1+ds1-8', 'status ', 'audit ', 'updates ', 'running '] as const;
	const account = [
		0,
		'home /home/istio-proxy',
		'group istio-proxy',
		'groups istio-proxy',
		'home-exists yes',
		'ssh 700 istio-proxy istio-proxy',
		'keys 600 istio-proxy istio-proxy',
		'key yes',
	] as const;
	const bare = said({...base, tools: [0, 'apt-get'], engine: [127, 'podman: not found'], packages: lists, account});
	const installed = said({...base, tools: [0, 'podman'], engine: [0, '4.3.1'], packages: lists, account, reboot: [0]});
	const ready = said({
		...base,
		tools: [0, 'podman'],
		engine: [0, '4.3.1'],
		packages: lists,
		account,
		reboot: [0, 'linger yes', 'restart yes'],
	});
	const commands = (asked: readonly Action[]) =>
		asked.flatMap((action) =>
			action.kind === 'exec' && action.changes
				? [action.command.replace('sh /var/lib/meshboard/record.sh account istio-proxy /etc/istio-proxy ', '')]
				: [],
		);
	const answers = (...probes: readonly string[]) => {
		let seen = 0;
		return (action: Action) =>
			action.kind === 'exec' && action.command.includes('it changes nothing')
				? ran(probes[Math.min(seen++, probes.length - 1)])
				: ran();
	};

	it('installs podman, and starts no service', () => {
		const {outcome, asked} = drive(dockerStep, {target, facts, options}, answers(bare, installed));
		expect(outcome).toMatchObject({status: 'succeeded', detail: 'podman 4.3.1, installed'});
		expect(commands(asked).join('\n')).toMatch(/apt-get install -y podman;/);
	});

	it('leaves a podman that is there alone', () => {
		const {outcome, asked} = drive(dockerStep, {target, facts, options}, answers(installed));
		expect(outcome.detail).toBe('podman 4.3.1, already there');
		expect(commands(asked)).toEqual([]);
	});

	it('lets the account linger and its containers start at boot, instead of a group', () => {
		const {outcome, asked} = drive(userStep, {target, facts, options}, answers(installed, ready));
		expect(outcome.detail).toBe('User istio-proxy: lingers, containers start at boot');
		expect(commands(asked)).toEqual([
			'loginctl enable-linger istio-proxy',
			expect.stringMatching(/^su -s .*podman-restart\.service.* istio-proxy$/),
		]);
		expect(drive(userStep, {target, facts, options}, answers(ready)).outcome.changed).toBeFalsy();
	});
});

describe('the check of the VM', () => {
	const sound = {
		kernel: [0, 'Linux', 'x86_64'],
		os: [0, 'ID=debian', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"'],
		user: [0, 'istio-proxy', 'istio-proxy'],
		tools: [0, 'podman', 'ss', 'sha256sum'],
		engine: [0, '4.3.1 amd64'],
		reboot: [0, 'linger yes', 'restart yes'],
		containers: [0],
		image: [1],
		directory: [0, 'kind directory', 'stat 775 istio-proxy istio-proxy', 'type ext2/ext3'],
		writable: [0, 'yes'],
		listeners: [0, 'LISTEN 0 128 0.0.0.0:22 0.0.0.0:*'],
		addresses: [0, '2: eth0    inet 10.128.0.2/24 scope global eth0'],
		clock: [0, '1795494350'],
	} as const;
	const check = (change: Readonly<Record<string, readonly [number, ...string[]]>>) => {
		const context = {target, facts: {serverTime: () => 1795494350}, options};
		return drive(vmStep, context, () => ran(said({...sound, ...change}))).outcome;
	};

	it('passes where podman runs for the account and comes back after a reboot', () => {
		const outcome = check({});
		expect(outcome).toMatchObject({status: 'succeeded', detail: expect.stringMatching(/bookworm\), podman 4\.3\.1/)});
		expect(outcome.findings).toEqual([]);
	});

	it.each([
		['no podman', {tools: [0, 'ss'], engine: [127, 'podman: not found']}, /There is no podman/],
		[
			'one that lacks the account’s ids',
			{engine: [125, 'Error: cannot find UID/GID for user istio-proxy: no subuid ranges found']},
			/does not run for istio-proxy: .*subuid/,
		],
	] as const)('%s is told', (_, change, summary) => {
		const [found] = check(change).findings ?? [];
		expect(found).toMatchObject({id: 'vm.runtime-missing', summary: expect.stringMatching(summary)});
		expect(found?.remedy.command).toContain('install -y podman');
	});

	it('tells what a reboot, or the end of the last session, would end', () => {
		const [found] = check({reboot: [0]}).findings ?? [];
		expect(found).toMatchObject({id: 'vm.not-reboot-safe', severity: 'warning'});
		expect(found?.evidence.map(({text}) => text)).toEqual([
			'istio-proxy does not linger',
			'podman starts no container of istio-proxy at boot',
		]);
		expect(found?.remedy.text).toContain('loginctl enable-linger istio-proxy');
	});
});
