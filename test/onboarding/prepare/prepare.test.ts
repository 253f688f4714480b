import {describe, expect, it} from 'vitest';
import type {Action} from '../../../source/onboarding/action.ts';
import type {StepContext} from '../../../source/onboarding/step.ts';
import {accountStep} from '../../../source/onboarding/steps/prepare/account.ts';
import {directoryStep} from '../../../source/onboarding/steps/prepare/directory.ts';
import {prepareSteps} from '../../../source/onboarding/steps/prepare/index.ts';
import {userStep} from '../../../source/onboarding/steps/prepare/user.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';
import {answers, changes, context, installed, prepared, pristine} from './recorded.ts';

describe('a VM that is prepared already', () => {
	it('is found so in one round trip, nothing is changed, and each part says so', () => {
		let facts: StepContext['facts'] = {publicKey: 'ssh-ed25519 AAAAC3Nza someone@desk'};
		const asked: Action[] = [];
		for (const step of prepareSteps) {
			const driven = drive(step, context({}, facts), answers([prepared]));
			expect(driven.outcome).toMatchObject({status: 'succeeded'});
			expect(driven.outcome.changed).toBeFalsy();
			for (const {detail} of driven.outcome.checks ?? []) expect(detail).toMatch(/^skipped, ./);
			facts = {...facts, ...driven.outcome.facts};
			asked.push(...driven.asked);
		}
		expect(asked).toHaveLength(1);
		expect(changes(asked)).toEqual([]);
	});
});

describe('the admin account', () => {
	it('tells who it is, on what', () => {
		expect(drive(accountStep, context(), answers([pristine])).outcome.detail).toBe(
			'admin on Debian GNU/Linux 12 (bookworm)',
		);
	});

	it('that may not use sudo is named with the words of sudo', () => {
		const {outcome} = drive(accountStep, context(), () => ran('', 1, 'admin is not in the sudoers file.\n'));
		expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'vm.sudo-unavailable', target: 'vm/10.128.0.2'}]});
		expect(outcome.detail).toContain('admin is not in the sudoers file');
	});

	it.each([undefined, 'not a key', 'ssh-ed25519 AAAA\nssh-rsa BBBB'])(
		'needs a public key for the other user: %j',
		(publicKey) => {
			const {outcome, asked} = drive(accountStep, context({}, {publicKey}), answers([pristine]));
			expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'ssh.key-unusable'}]});
			expect(asked).toEqual([]);
		},
	);

	it('of a VM that is too slow to answer is not suspected', () => {
		const slow = {code: undefined, ended: 'timed-out', stdout: '', stderr: ''};
		expect(() => drive(accountStep, context(), () => slow)).toThrow('could not be read as root: no end within');
	});

	it('of another system is refused', () => {
		const {outcome} = drive(accountStep, context(), answers([pristine.replace('|Linux', '|FreeBSD')]));
		expect(outcome.findings?.[0]?.id).toBe('vm.os-unsupported');
	});
});

describe('the account that runs the proxy', () => {
	it('is made with key and group, and nothing else', () => {
		const {outcome, asked} = drive(userStep, context(), answers([installed, prepared]));
		expect(outcome).toMatchObject({status: 'succeeded', changed: true});
		const commands = changes(asked);
		expect(commands).toHaveLength(3);
		expect(commands[0]).toBe("useradd --create-home --user-group --shell /bin/sh --password '*' istio-proxy");
		expect(commands[1]).toContain('ssh-ed25519 AAAAC3Nza someone@desk');
		expect(commands[2]).toBe('usermod -aG docker istio-proxy');
	});

	it('tells of each part what was found, what came of it, and what was left', () => {
		const {outcome} = drive(userStep, context(), answers([installed, prepared]));
		expect(
			Object.fromEntries((outcome.checks ?? []).map(({id, detail}) => [id.replace('prepare.user.', ''), detail])),
		).toEqual({
			account: 'no account → istio-proxy of group istio-proxy',
			unlock: 'came with another part: no account → not locked',
			home: 'came with another part: no account → /home/istio-proxy',
			'ssh-directory': 'came with another part: no account → of istio-proxy, mode 700',
			key: 'no account → of istio-proxy, mode 600',
			'docker-group': 'skipped, there',
			groups: 'no account → istio-proxy, docker',
		});
	});

	it.each([
		['home', '|home-exists yes\n', '', 'mkdir -p -m 750 ~istio-proxy'],
		['group', '|groups istio-proxy docker', '|groups istio-proxy', 'usermod -aG docker istio-proxy'],
		['a way in', '|home-exists yes\n', '|home-exists yes\n|locked yes\n', "usermod --password '*' istio-proxy"],
		['key', '|key yes\n', '', 'authorized_keys'],
		['mode of .ssh', '|ssh 700', '|ssh 755', 'authorized_keys'],
		['mode of authorized_keys', '|keys 600', '|keys 644', 'authorized_keys'],
		['owner', '|keys 600 istio-proxy', '|keys 600 root', 'chown -hR istio-proxy: ~istio-proxy/.ssh'],
	])('gets exactly what is missing: %s', (_, present, absent, command) => {
		const lacking = prepared.replace(present, absent);
		expect(lacking).not.toBe(prepared);
		const commands = changes(drive(userStep, context(), answers([lacking, prepared])).asked);
		expect(commands).toHaveLength(1);
		expect(commands[0]).toContain(command);
	});

	it('who is the admin too lacks at most the group', () => {
		const same = context({adminUser: {value: 'istio-proxy', source: 'flag'}}, {publicKey: undefined});
		expect(userStep.plan(same).filter(({kind}) => kind === 'exec')).toHaveLength(2);
		const lacking = prepared.replace('|groups istio-proxy docker', '|groups istio-proxy').replace('|key yes\n', '');
		expect(changes(drive(userStep, same, answers([lacking, prepared])).asked)).toEqual([
			'usermod -aG docker istio-proxy',
		]);
	});

	it.each(['$(reboot)', 'a b', '-rf', 'x;y', '../root', 'a\nb'])('is never made with a name such as %j', (name) => {
		const ssh = {...targetNamed('ratings-vm', 'bookinfo').ssh, user: {value: name, source: 'annotation'}} as const;
		const {outcome, asked} = drive(userStep, context({ssh}), answers([pristine]));
		expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'entry.invalid'}]});
		expect(asked).toEqual([]);
		expect(userStep.plan(context({ssh}))).toEqual([]);
	});

	it('that is not so although all commands ended well is a failure', () => {
		const {outcome} = drive(userStep, context(), answers([installed]));
		expect(outcome).toMatchObject({status: 'failed', changed: true});
		expect(outcome.detail).toContain('member of group docker');
	});

	it('stops at the first command that fails, with its words', () => {
		const {outcome, asked} = drive(
			userStep,
			context(),
			answers([installed], (action) =>
				action.kind === 'exec' && action.changes ? ran('', 9, 'useradd: group istio-proxy exists') : undefined,
			),
		);
		expect(outcome.detail).toContain('useradd: group istio-proxy exists');
		expect(changes(asked)).toHaveLength(1);
	});
});

describe('the directory', () => {
	const withDirectory = (value: string) => context({configDir: {value, source: 'annotation'}});
	const absent = prepared.replace(/\|kind directory\n\|stat .*\n/, '|kind absent\n');

	it('is made, given to the account and opened to its group', () => {
		const {outcome, asked} = drive(directoryStep, context(), answers([absent, prepared]));
		expect(outcome.status).toBe('succeeded');
		expect(changes(asked)).toEqual([
			'mkdir -p /etc/istio-proxy',
			'chown -h istio-proxy: /etc/istio-proxy',
			'chmod 775 /etc/istio-proxy',
		]);
	});

	it('with another mode gets the mode alone', () => {
		const closed = prepared.replace('|stat 775', '|stat 755');
		expect(changes(drive(directoryStep, context(), answers([closed, prepared])).asked)).toEqual([
			'chmod 775 /etc/istio-proxy',
		]);
	});

	it.each(['/', '/etc', '/etc/', '//etc/.', '/home', 'etc/istio-proxy', '/etc/istio-proxy/../ssh', '/a/b\nc', ''])(
		'%j is not given to an account',
		(directory) => {
			const {outcome, asked} = drive(directoryStep, withDirectory(directory), answers([prepared]));
			expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'vm.config-dir-denied'}]});
			expect(asked).toEqual([]);
			expect(directoryStep.plan(withDirectory(directory))).toEqual([]);
		},
	);

	it.each([
		[
			'holds the files of others',
			prepared
				.replace('|stat 775 istio-proxy istio-proxy', '|stat 755 root root')
				.replace(/=others \d+\n/, '=others 0\n|sshd_config\n'),
		],
		['is a symbolic link', prepared.replace('|kind directory', '|kind directory\n|link yes')],
		['is a file', prepared.replace('|kind directory', '|kind other')],
	])('that %s stays as it is', (_, found) => {
		const {outcome, asked} = drive(directoryStep, context(), answers([found]));
		expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'vm.config-dir-denied'}]});
		expect(changes(asked)).toEqual([]);
	});

	it('hands names to the shell in quotes', () => {
		const [, make] = directoryStep
			.plan(withDirectory("/srv/a b'; reboot"))
			.map((action) => action.kind === 'exec' && action.command);
		const quoted = `'/srv/a b'\\''; reboot'`;
		expect(make).toBe(`sh /var/lib/meshboard/record.sh account istio-proxy ${quoted} mkdir -p ${quoted}`);
	});
});

describe('what an earlier step found', () => {
	it('is not asked for again: one look before the changes of a step, and one after them', () => {
		const {facts} = drive(accountStep, context(), answers([pristine])).outcome;
		const {outcome, asked} = drive(userStep, context({}, facts), answers([prepared]));
		expect(outcome).toMatchObject({status: 'succeeded', changed: true});
		const looks = asked.map((action) => action.kind === 'exec' && !action.changes);
		expect(looks.filter(Boolean)).toHaveLength(1);
		expect(looks.at(-1)).toBe(true);
	});
});
