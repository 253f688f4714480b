import type {Runtime} from '../ports.ts';
import {plainText} from './plain-text.ts';
import {quote} from './quote.ts';
import {probeScript, type Said, type Section} from './sections.ts';

/** What keeps containers apart from the VM. */
export type Confinement = {
	/** `Enforcing`, `Permissive`, `Disabled`; empty where there is no SELinux. */
	readonly selinux: string;
	readonly appArmor: boolean;
	/** The engine runs as a user: Docker's containers then have no network of the VM, podman's do. */
	readonly rootless: boolean;
	/** Docker gives containers other user ids (userns-remap): with the VM's network it wants `--userns host`. */
	readonly remapped: boolean;
};

/**
 * Sets what the engine says of itself, asked once: `root`, where it keeps its images, and `confines`, what keeps containers apart. Docker tells that in its
 * SecurityOptions (`name=userns`, moby/moby, daemon/info.go), podman in `.Host.Security`.
 */
export function engineSetup(runtime: Runtime): string {
	const format =
		runtime === 'docker'
			? '{{.DockerRootDir}} {{json .SecurityOptions}}'
			: '{{.Store.GraphRoot}} {{json .Host.Security}}';
	return [
		`said=$(limited ${runtime} info --format ${quote(format)} 2>/dev/null)`,
		`root=\${said%%' '*} confines=\${said#*' '}`,
	].join('\n');
}

/** After `engineSetup`. */
export const confinementSection: Section = {
	name: 'confinement',
	commands: [
		'if command -v getenforce >/dev/null 2>&1; then echo "selinux $(getenforce 2>/dev/null)"; fi',
		'{ read -r enabled </sys/module/apparmor/parameters/enabled && echo "apparmor $enabled"; } 2>/dev/null',
		'echo "engine $confines"',
	].join('\n'),
};

/** Reads the answer of `confinementSection`; total: what is not told is taken for absent. */
export function parseConfinement(said: Said | undefined): Confinement {
	const field = (key: string) => {
		const line = said?.lines.find((each) => each.startsWith(`${key} `));
		return plainText(line?.slice(key.length + 1) ?? '', 1000);
	};
	const engine = field('engine');
	return {
		selinux: field('selinux'),
		appArmor: field('apparmor') === 'Y' || /name=apparmor|"apparmorEnabled":true/.test(engine),
		rootless: /name=rootless|"rootless":true/.test(engine),
		remapped: /name=userns/.test(engine),
	};
}

/** The same by itself, as the SSH user. */
export function confinementCommand(runtime: Runtime): string {
	return probeScript(engineSetup(runtime), [confinementSection]);
}

/** What there is, for people; empty where nothing confines. */
export function wordsOfConfinement({selinux, appArmor, rootless, remapped}: Confinement): string {
	return [
		...(selinux === 'Enforcing' ? ['SELinux enforces: the files are mounted with :z'] : []),
		...(selinux === 'Permissive' ? ['SELinux is permissive'] : []),
		...(appArmor ? ['AppArmor confines containers'] : []),
		...(remapped ? ['Docker remaps users: the proxy keeps those of the VM (--userns host)'] : []),
		...(rootless ? ['the engine runs without root'] : []),
	].join('; ');
}
