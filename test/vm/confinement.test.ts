import {describe, expect, it} from 'vitest';
import {parseConfinement, wordsOfConfinement} from '../../source/vm/confinement.ts';

const plain = {selinux: '', appArmor: false, rootless: false, remapped: false};

/* What the engines say: Docker 20.10 and 27 of their SecurityOptions, podman 4 of its host. */
describe('what keeps containers apart', () => {
	it.each<[string, readonly string[], Partial<typeof plain>, string]>([
		['nothing', ['selinux ', 'apparmor ', 'engine '], {}, ''],
		[
			'AppArmor, of Debian',
			['selinux ', 'apparmor Y', 'engine ["name=apparmor","name=seccomp,profile=default","name=cgroupns"]'],
			{appArmor: true},
			'AppArmor confines containers',
		],
		[
			'SELinux, of Rocky',
			['selinux Enforcing', 'apparmor ', 'engine ["name=seccomp,profile=builtin","name=selinux","name=cgroupns"]'],
			{selinux: 'Enforcing'},
			'SELinux enforces: the files are mounted with :z',
		],
		[
			'remapped users',
			['selinux Disabled', 'engine ["name=seccomp,profile=builtin","name=userns"]'],
			{selinux: 'Disabled', remapped: true},
			'Docker remaps users: the proxy keeps those of the VM (--userns host)',
		],
		[
			'Docker without root',
			['engine ["name=seccomp,profile=builtin","name=rootless","name=cgroupns"]'],
			{rootless: true},
			'the engine runs without root',
		],
		[
			'podman without root, on Fedora',
			[
				'selinux Enforcing',
				'engine {"apparmorEnabled":false,"capabilities":"CAP_CHOWN","rootless":true,"seccompEnabled":true,"selinuxEnabled":true}',
			],
			{selinux: 'Enforcing', rootless: true},
			'SELinux enforces: the files are mounted with :z; the engine runs without root',
		],
		['an engine that does not answer', ['selinux Permissive'], {selinux: 'Permissive'}, 'SELinux is permissive'],
	])('%s', (_, lines, expected, words) => {
		const found = parseConfinement({code: 0, lines});
		expect(found).toEqual({...plain, ...expected});
		expect(wordsOfConfinement(found)).toBe(words);
	});

	it('is nothing where nothing was said', () => {
		expect(parseConfinement(undefined)).toEqual(plain);
	});
});
