import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import type {Target} from '../../../source/mesh/target.ts';
import type {StepContext} from '../../../source/onboarding/step.ts';
import {accountStep} from '../../../source/onboarding/steps/prepare/account.ts';
import {directoryStep} from '../../../source/onboarding/steps/prepare/directory.ts';
import {dockerStep} from '../../../source/onboarding/steps/prepare/docker.ts';
import {prepareSteps} from '../../../source/onboarding/steps/prepare/index.ts';
import {userStep} from '../../../source/onboarding/steps/prepare/user.ts';
import {targetNamed} from '../../helpers/target.ts';
import {type Asked, drive, ran} from '../drive.ts';

const fixture = (name: string) => readFileSync(new URL(`../../vm/fixtures/${name}.txt`, import.meta.url), 'utf8');
const pristine = fixture('admin-pristine');
const prepared = fixture('admin-prepared');
const installed = pristine
	.replace('=engine 127\n|timeout: failed', '=engine 0\n|20.10.24 amd64\n|timeout: failed')
	.replace('|active inactive\n|enabled ', '|active active\n|enabled enabled')
	.replace('=tools 0\n', '=tools 0\n|docker\n')
	.replace('=docker-group 1\n|', '=docker-group 0\n|docker:x:103:');

function context(change: Partial<Target> = {}, facts: StepContext['facts'] = {}): StepContext {
	return {
		target: targetNamed('ratings-vm', 'bookinfo', change),
		facts: {publicKey: 'ssh-ed25519 AAAAC3Nza someone@desk', ...facts},
		options: {task: 'onboard', prepare: true, force: false, profile: 'default', context: 'lab'},
	};
}

const isProbe = (action: Asked) => action.kind === 'exec' && action.command.includes('it changes nothing');
const isFollow = (action: Asked) => action.kind === 'exec' && !action.changes && action.show === true;
/** The commands that changed something, the jobs by what they run. */
const changes = (asked: readonly Asked[]) =>
	asked.flatMap((action) =>
		action.kind === 'exec' && action.changes
			? [/(env DEBIAN_FRONTEND\S+ [^;]*);/.exec(action.command)?.[1] ?? action.command]
			: [],
	);

/** Answers probes with these texts in turn (the last one stays), other commands as told, with success where nothing is. */
function answers(probes: readonly string[], other: (action: Asked) => unknown = () => undefined) {
	let seen = 0;
	return (action: Asked) => {
		if (isProbe(action)) return ran(probes[Math.min(seen++, probes.length - 1)]);
		return other(action) ?? ran();
	};
}

describe('a VM that is prepared already', () => {
	it('is found so in one round trip, nothing is changed, and each part says so', () => {
		let facts: StepContext['facts'] = {publicKey: 'ssh-ed25519 AAAAC3Nza someone@desk'};
		const asked: Asked[] = [];
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

describe('Docker', () => {
	it('is installed, without new package lists while the old ones serve, and not started twice', () => {
		const {outcome, asked} = drive(dockerStep, context(), answers([pristine, installed]));
		expect(outcome).toMatchObject({status: 'succeeded', changed: true, detail: 'Docker 20.10.24, installed'});
		expect(changes(asked)).toEqual([
			'env DEBIAN_FRONTEND=noninteractive apt-get install -y -o DPkg::Lock::Timeout=300 docker.io',
		]);
	});

	it('is installed after an update where the lists do not know it', () => {
		const unlisted = pristine.replace(/\|candidate .*/, '|candidate (none)');
		const {asked} = drive(dockerStep, context(), answers([unlisted, installed]));
		expect(changes(asked).map((command) => command.match(/apt-get \w+/)?.[0])).toEqual([
			'apt-get update',
			'apt-get install',
		]);
	});

	it('is installed after an update where the lists are stale', () => {
		let follows = 0;
		const {outcome, asked} = drive(
			dockerStep,
			context(),
			answers([pristine, installed], (action) =>
				isFollow(action) && follows++ === 0
					? ran('E: Failed to fetch http://deb.example/x.deb  404  Not Found', 100)
					: undefined,
			),
		);
		expect(outcome.status).toBe('succeeded');
		expect(changes(asked).map((command) => command.match(/apt-get \w+/)?.[0])).toEqual([
			'apt-get install',
			'apt-get update',
			'apt-get install',
		]);
	});

	it('waits for another package manager', () => {
		let tries = 0;
		const {outcome, asked} = drive(
			dockerStep,
			context(),
			answers([pristine, installed], (action) =>
				isFollow(action) && tries++ < 2
					? ran('E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812', 100)
					: undefined,
			),
		);
		expect(outcome.status).toBe('succeeded');
		expect(asked.filter(({kind}) => kind === 'wait')).toHaveLength(2);
	});

	it('whose installation goes on from an earlier attempt is waited for, not begun again', () => {
		const running = pristine.replace('|running ', '|running yes');
		const {outcome, asked} = drive(dockerStep, context(), answers([running, installed]));
		expect(outcome).toMatchObject({status: 'succeeded', detail: 'Docker 20.10.24, installed'});
		expect(changes(asked)).toEqual([]);
		expect(asked.filter(isFollow)).toHaveLength(1);
	});

	it('whose installation was killed is repaired, then completed', () => {
		const broken = pristine.replace('|updates ', '|updates 0000');
		const {asked} = drive(dockerStep, context(), answers([broken, installed]));
		expect(changes(asked)).toEqual([
			'env DEBIAN_FRONTEND=noninteractive dpkg --configure -a',
			'env DEBIAN_FRONTEND=noninteractive apt-get install -y -o DPkg::Lock::Timeout=300 docker.io',
		]);
	});

	it('of which half was unpacked gets its other half', () => {
		const half = prepared
			.replace('|updates ', '|updates 0000')
			.replace('|active active\n|enabled enabled', '|active inactive\n|enabled disabled')
			.replace(/=engine 0\n.*/, '=engine 1\n|Cannot connect to the Docker daemon')
			.replace(/\|status .*/, '|status iU');
		const {asked} = drive(dockerStep, context(), answers([half, prepared]));
		expect(changes(asked).map((command) => command.split(' ').slice(2, 4).join(' '))).toEqual([
			'dpkg --configure',
			'apt-get install',
		]);
	});

	it('of another origin is not replaced when dpkg needs repair', () => {
		const other = prepared
			.replace('|updates ', '|updates 0000')
			.replace('|active active', '|active failed')
			.replace(/=engine 0\n.*/, '=engine 1\n|Cannot connect to the Docker daemon')
			.replace(/\|status .*/, '|status ');
		const {asked} = drive(dockerStep, context(), answers([other, prepared]));
		expect(changes(asked)).toEqual(['env DEBIAN_FRONTEND=noninteractive dpkg --configure -a']);
	});

	it('that is there and stopped is started', () => {
		const stopped = prepared
			.replace('|active active\n|enabled enabled', '|active inactive\n|enabled disabled')
			.replace(/=engine 0\n.*/, '=engine 1\n|Cannot connect to the Docker daemon at unix:///var/run/docker.sock.');
		const {outcome, asked} = drive(dockerStep, context(), answers([stopped, prepared]));
		expect(outcome.detail).toBe('Docker 20.10.24+dfsg1, started');
		expect(changes(asked)).toEqual(['systemctl enable --now docker']);
	});

	it('that cannot be installed is told with the last words of the package manager', () => {
		const {outcome} = drive(
			dockerStep,
			context(),
			answers([pristine], (action) =>
				isFollow(action) ? ran('Reading package lists...\nE: No space left on device', 100) : undefined,
			),
		);
		expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'vm.runtime-missing'}]});
		expect(outcome.detail).toContain('E: No space left on device');
	});

	it('that takes longer than we wait goes on, and that is said', () => {
		const {outcome} = drive(
			dockerStep,
			context(),
			answers([pristine], (action) =>
				isFollow(action) ? {code: undefined, ended: 'timed-out', stdout: 'Unpacking', stderr: ''} : undefined,
			),
		);
		expect(outcome.status).toBe('failed');
		expect(outcome.findings).toBeUndefined();
		expect(outcome.detail).toContain('goes on on the VM');
	});

	it.each([
		['rocky', 'rhel centos fedora', 'Rocky Linux 9.4', 'docker-ce'],
		['opensuse-leap', 'suse opensuse', 'openSUSE Leap 15.6', 'zypper'],
		['alpine', '', 'Alpine Linux v3.22', 'apk add docker'],
	])('on %s is left to a person, who is told what to type', (id, like, name, command) => {
		const other = pristine
			.replace('|ID=debian', `|ID=${id}\n|ID_LIKE="${like}"`)
			.replace(/\|PRETTY_NAME=.*/, `|PRETTY_NAME="${name}"`);
		const {outcome, asked} = drive(dockerStep, context(), answers([other]));
		expect(outcome.findings?.[0]?.id).toBe('vm.runtime-missing');
		expect(outcome.detail).toContain(name);
		expect(outcome.findings?.[0]?.remedy.command).toContain(command);
		expect(changes(asked)).toEqual([]);
	});

	it('on another distribution is used where it is there', () => {
		const rocky = prepared.replace('|ID=debian', '|ID=rocky');
		expect(drive(dockerStep, context(), answers([rocky])).outcome.detail).toContain('already there');
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
		expect(userStep.plan(same)).toHaveLength(2);
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
		const commands = directoryStep
			.plan(withDirectory("/srv/a b'; reboot"))
			.map((action) => action.kind === 'exec' && action.command);
		expect(commands[0]).toBe(`mkdir -p '/srv/a b'\\''; reboot'`);
	});
});

describe('what an earlier step found', () => {
	it('is looked at again before anything is changed', () => {
		const facts = drive(accountStep, context(), answers([pristine])).outcome.facts;
		const {outcome, asked} = drive(userStep, context({}, facts), answers([prepared]));
		expect(outcome).toMatchObject({status: 'succeeded', detail: 'User istio-proxy, already there'});
		expect(changes(asked)).toEqual([]);
	});
});
