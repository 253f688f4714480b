import type {Runtime} from '../ports.ts';
import type {OsRelease} from './parse/os-release.ts';

/** A family of distributions that preparation can install an engine on, with its package manager's commands (for root). */
export type Family = {
	readonly name: string;
	/** Name of the package that holds the engine. */
	readonly package: string;
	readonly update: string;
	readonly install: string;
	/** Finishes what an interrupted package manager left half done. */
	readonly repair: string;
};

/** Debian, Ubuntu and what descends from them. The lock option waits for the upgrades that a new machine makes by itself. */
const debian: Family = {
	name: 'Debian',
	package: 'docker.io',
	update: 'apt-get update',
	install: 'env DEBIAN_FRONTEND=noninteractive apt-get install -y -o DPkg::Lock::Timeout=300 docker.io',
	repair: 'env DEBIAN_FRONTEND=noninteractive dpkg --configure -a',
};

/** podman from the same packages; its recommended ones hold what an account without root needs (uidmap, slirp4netns). */
const debianPodman: Family = {
	...debian,
	package: 'podman',
	install: 'env DEBIAN_FRONTEND=noninteractive apt-get install -y -o DPkg::Lock::Timeout=300 podman',
};

/** The package of an engine on Debian and what descends from it. */
export function packageOf(runtime: Runtime): Family {
	return runtime === 'docker' ? debian : debianPodman;
}

const byHand: ReadonlyArray<{readonly ids: readonly string[]; readonly text: string}> = [
	{ids: ['fedora'], text: 'sudo dnf install -y moby-engine && sudo systemctl enable --now docker'},
	{ids: ['amzn'], text: 'sudo yum install -y docker && sudo systemctl enable --now docker'},
	{
		ids: ['rhel', 'centos', 'rocky', 'almalinux', 'ol'],
		text: 'sudo dnf config-manager --add-repo https://download.docker.com/linux/rhel/docker-ce.repo && sudo dnf install -y docker-ce && sudo systemctl enable --now docker',
	},
	{ids: ['suse', 'opensuse', 'sles'], text: 'sudo zypper install -y docker && sudo systemctl enable --now docker'},
	{ids: ['arch'], text: 'sudo pacman -S docker && sudo systemctl enable --now docker'},
	{ids: ['alpine'], text: 'sudo apk add docker && sudo rc-update add docker && sudo service docker start'},
];

/** The family that a distribution belongs to, by ID and ID_LIKE of os-release; undefined when the engine must be installed by hand. */
export function familyOf(os: OsRelease, runtime: Runtime): Family | undefined {
	return [os.id, ...os.idLike].some((id) => id === 'debian' || id === 'ubuntu') ? packageOf(runtime) : undefined;
}

/** What a person would type to install Docker on a distribution that preparation does not know; undefined when that is unknown too. */
export function installByHand(os: OsRelease): string | undefined {
	for (const id of [os.id, ...os.idLike]) {
		const found = byHand.find(({ids}) => ids.some((known) => id === known || id.startsWith(`${known}-`)));
		if (found !== undefined) return found.text;
	}
	return undefined;
}
