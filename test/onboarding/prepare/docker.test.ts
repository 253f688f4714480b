import {describe, expect, it} from 'vitest';
import {dockerStep} from '../../../source/onboarding/steps/prepare/docker.ts';
import {drive, ran} from '../drive.ts';
import {answers, changes, context, installed, isFollow, prepared, pristine} from './recorded.ts';

describe('Docker', () => {
	it('is installed, without new package lists while the old ones serve, and not started twice', () => {
		const {outcome, asked} = drive(dockerStep, context(), answers([pristine, installed]));
		expect(outcome).toMatchObject({status: 'succeeded', changed: true, detail: 'Docker 20.10.24, installed'});
		expect(changes(asked)).toEqual(['env DEBIAN_FRONTEND=noninteractive apt-get install -y docker.io']);
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

	it.each([
		['is read-only', '|system no /usr\n', /\/usr is mounted read-only/],
		[
			'has too little room',
			'|system yes /usr\n|tmpfs 20480 0 20480 0% /usr\n|tmpfs 99 1 98 1% /usr\n',
			/20 MiB free in \/usr, of 512 MiB needed/,
		],
	])('is not begun where the VM %s: nothing is changed', (_, room, says) => {
		const {outcome, asked} = drive(dockerStep, context(), answers([`${pristine}=room 0\n${room}`]));
		expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'vm.disk-unwritable'}]});
		expect(outcome.detail).toMatch(says);
		expect(changes(asked)).toEqual([]);
	});

	it('that is there is not asked for room', () => {
		const full = `${prepared}=room 0\n|system no /usr\n`;
		expect(drive(dockerStep, context(), answers([full])).outcome.status).toBe('succeeded');
	});

	it.each([
		[
			'no room left half-way',
			`dpkg: error processing archive /tmp/apt-dpkg-install-x/30-git_2.39_amd64.deb (--unpack):
 cannot copy extracted data for './usr/bin/git' to '/usr/bin/git.dpkg-new': failed to write (No space left on device)
Errors were encountered while processing:
 /tmp/apt-dpkg-install-x/30-git_2.39_amd64.deb
E: Sub-process /usr/bin/dpkg returned an error code (1)`,
			'vm.disk-unwritable',
			/No space left on device/,
		],
		[
			'a read-only file system: nobody is waited for',
			`E: Could not open lock file /var/lib/dpkg/lock-frontend - open (30: Read-only file system)
E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?`,
			'vm.disk-unwritable',
			/Read-only file system/,
		],
		[
			'a package that breaks',
			`dpkg: error processing package python3-protobuf (--configure):
 installed python3-protobuf package post-installation script subprocess returned error exit status 127
Errors were encountered while processing:
 python3-protobuf
E: Sub-process /usr/bin/dpkg returned an error code (1)
sudo: unable to resolve host vm-1: Temporary failure in name resolution`,
			'vm.runtime-missing',
			/python3-protobuf \(--configure\): installed .* error exit status 127/,
		],
	])('fails for %s, which is told', (_, words, id, says) => {
		const {outcome, asked} = drive(
			dockerStep,
			context(),
			answers([pristine], (action) => (isFollow(action) ? ran(words, 100) : undefined)),
		);
		expect(outcome).toMatchObject({status: 'failed', findings: [{id}]});
		expect(outcome.detail).toMatch(says);
		expect(asked.some(({kind}) => kind === 'wait')).toBe(false);
	});

	it('waits for another package manager', () => {
		let tries = 0;
		const {outcome, asked} = drive(
			dockerStep,
			context(),
			answers([pristine, installed], (action) =>
				isFollow(action) && tries++ < 2
					? ran('E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)', 100)
					: undefined,
			),
		);
		expect(outcome.status).toBe('succeeded');
		expect(outcome.detail).toBe('Docker 20.10.24, installed, waited 10 s for unattended-upgr (process 812)');
		expect(asked.filter(({kind}) => kind === 'wait')).toEqual(
			Array(2).fill({
				kind: 'wait',
				seconds: 5,
				why: "unattended-upgr (process 812) is at work on the VM's packages",
				told: true,
			}),
		);
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
			'env DEBIAN_FRONTEND=noninteractive apt-get install -y docker.io',
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
		expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'vm.disk-unwritable'}]});
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
		['arch', '', 'Arch Linux', 'pacman'],
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

	const rocky = pristine
		.replace('|ID=debian', '|ID="rocky"\n|ID_LIKE="rhel centos fedora"')
		.replace(/\|PRETTY_NAME=.*/, '|PRETTY_NAME="Rocky Linux 9.5 (Blue Onyx)"')
		.replace(/\|candidate [\s\S]*?(?=\|running)/, '');

	it('is installed on a distribution of another family with its package manager', () => {
		const {outcome, asked} = drive(dockerStep, context(), answers([rocky, installed]));
		expect(outcome).toMatchObject({status: 'succeeded', changed: true});
		expect(changes(asked)).toEqual([expect.stringMatching(/dnf \|\| command -v yum/)]);
	});

	it('that no repository has is left to a person, who is told what to add', () => {
		const none = 'No match for argument: docker-ce\nError: Unable to find a match: docker-ce\n';
		const {outcome} = drive(
			dockerStep,
			context(),
			answers([rocky], (action) => (isFollow(action) ? ran(none, 1) : undefined)),
		);
		expect(outcome.findings?.[0]).toMatchObject({
			id: 'vm.runtime-missing',
			remedy: {text: expect.stringContaining('--runtime podman'), command: expect.stringContaining('--add-repo')},
		});
		expect(outcome.detail).toContain('Unable to find a match: docker-ce');
	});

	it('of Docker’s own repository is taken where that was added', () => {
		const added = pristine.replace('|status ', '|docker-ce 5:28.0.4-1~debian.12~bookworm\n|status ');
		const {asked} = drive(dockerStep, context(), answers([added, installed]));
		expect(changes(asked)).toEqual(['env DEBIAN_FRONTEND=noninteractive apt-get install -y docker-ce']);
	});

	it('on another distribution is used where it is there', () => {
		const rocky = prepared.replace('|ID=debian', '|ID=rocky');
		expect(drive(dockerStep, context(), answers([rocky])).outcome.detail).toContain('already there');
	});
});
