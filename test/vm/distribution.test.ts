import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {familiesOf, familyOf, installByHand, notOffered} from '../../source/vm/distribution.ts';
import {lockedBy} from '../../source/vm/package-lock.ts';
import {parseOsRelease} from '../../source/vm/parse/os-release.ts';

/*
 * The os-release files are real: github.com/which-distro/os-release at b92bccaf, each under its path there, four fields of each. Of the words of package
 * managers, those of dnf 4 and zypper's lock are as people quote them in public repositories; the others are written down from knowledge of the
 * programs and were recorded on no machine.
 */

const releases = readFileSync(new URL('fixtures/os-releases.txt', import.meta.url), 'utf8')
	.trim()
	.split('\n\n')
	.map((text) => ({path: text.split('\n')[0]?.slice(2) ?? '', os: parseOsRelease(text.split('\n'))}));

describe('the family of a distribution', () => {
	it.each(releases)('of $path installs with what it has', ({path, os}) => {
		const manager = /^(debian|ubuntu)/.test(path)
			? 'apt-get install -y docker.io'
			: 'zypper --non-interactive install docker';
		expect(familyOf(os, 'docker', false)?.install).toContain(manager);
		expect(familyOf(os, 'podman', false)?.install).toMatch(/ install -y podman/);
		expect(installByHand(os) ?? 'apt').toMatch(/^(apt|sudo (dnf|yum|zypper) )/);
	});

	it('takes Docker’s own package where somebody added its repository', () => {
		const [debian] = releases;
		if (debian === undefined) throw new Error('no fixture');
		expect(familyOf(debian.os, 'docker', true)?.install).toContain('docker-ce');
		expect(familyOf(debian.os, 'podman', true)?.install).not.toContain('docker');
	});

	it('is in the plan, whichever it is', () => {
		for (const runtime of ['docker', 'podman'] as const)
			for (const {os} of releases)
				for (const hasDockerCe of [true, false])
					expect(familiesOf(runtime)).toContainEqual(familyOf(os, runtime, hasDockerCe));
	});

	it.each(['alpine', 'arch', 'nixos', ''])('of %j is not guessed', (id) => {
		expect(familyOf({id, idLike: [], versionId: '', prettyName: ''}, 'docker', true)).toBeUndefined();
	});
});

describe('a package manager that finds another one at work', () => {
	it.each([
		// apt since 2.0.
		[
			'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)\nN: Be aware that removing the lock file is not a solution and may break your system.\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?',
			'unattended-upgr (process 812)',
		],
		// apt before 2.0.
		[
			'E: Could not get lock /var/lib/dpkg/lock-frontend - open (11: Resource temporarily unavailable)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?',
			'another package manager',
		],
		['dpkg: error: dpkg frontend lock was locked by another process with pid 4242', 'process 4242'],
		// zypper (SLES 15, Leap 16).
		[
			'System management is locked by the application with pid 15950 (zypper).\nClose this application before trying again.',
			'zypper (process 15950)',
		],
		['E: Could not get lock /var/lib/apt/lists/lock. It is held by process 9 (\u001B[31mapt)', 'apt (process 9)'],
	])('names it: %j', (words, holder) => {
		expect(lockedBy(words)).toBe(holder);
	});

	it.each(['E: Unable to locate package docker.io', 'dpkg was interrupted', '', 'No space left on device'])(
		'is not suspected: %j',
		(words) => expect(lockedBy(words)).toBeUndefined(),
	);
});

describe('a repository without the package', () => {
	it.each([
		// dnf 4 (RHEL 8, 9; Amazon Linux 2023), dnf 5 (Fedora 41), yum 3 (Amazon Linux 2), zypper, apt.
		'No match for argument: docker-ce\nError: Unable to find a match: docker-ce',
		'Failed to resolve the transaction:\nNo match for argument: docker-ce',
		'No package docker-ce available.\nError: Nothing to do',
		"'docker' not found in package names. Trying capabilities.\nNo provider of 'docker' found.",
		'E: Unable to locate package docker.io',
		"E: Package 'docker.io' has no installation candidate",
	])('is known by its words: %j', (words) => expect(words).toMatch(notOffered));
});
