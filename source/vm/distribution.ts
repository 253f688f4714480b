import type {Runtime} from '../ports.ts';
import type {OsRelease} from './parse/os-release.ts';
import {quote} from './quote.ts';

/** A family of distributions that preparation can install an engine on, with its package manager's commands (for root). */
export type Family = {
	/** Name of the package that holds the engine; empty where it is chosen on the VM. */
	readonly package: string;
	/** Refreshes the package lists, where installing does not see to that by itself. */
	readonly update?: string;
	readonly install: string;
	/** Finishes what an interrupted package manager left half done. */
	readonly repair?: string;
};

/** Debian, Ubuntu and what descends from them. The lock is waited for by whoever runs this, who can say for whom. */
function apt(name: string): Family & Required<Pick<Family, 'update' | 'repair'>> {
	return {
		package: name,
		update: 'apt-get update',
		install: `env DEBIAN_FRONTEND=noninteractive apt-get install -y ${name}`,
		repair: 'env DEBIAN_FRONTEND=noninteractive dpkg --configure -a',
	};
}

/** podman's recommended packages hold what an account without root needs (uidmap, slirp4netns). */
const onDebian = {docker: apt('docker.io'), podman: apt('podman')};
const dockerCe = apt('docker-ce');

/**
 * Whatever installs .rpm: dnf, or yum where there is none (Amazon Linux 2), and zypper. Both refresh their lists by themselves; dnf waits for its
 * lock, and says for which process. Docker by the first of these names that a repository has: Docker's own, Fedora's, Amazon's. RHEL and its
 * kin have none of them before somebody adds Docker's repository.
 */
function rpm(zypper: string, names: readonly string[]): Family {
	const [first = ''] = names;
	const script = [
		`if command -v zypper >/dev/null 2>&1; then exec zypper --non-interactive install ${zypper}; fi`,
		'pm=$(command -v dnf || command -v yum) || { echo "no package manager"; exit 127; }',
		...(names.length === 1
			? []
			: [
					`for name in ${names.join(' ')}; do`,
					'	if $pm -q list "$name" >/dev/null 2>&1; then exec $pm install -y "$name"; fi',
					'done',
				]),
		`exec $pm install -y ${first}`,
	].join('\n');
	return {package: '', install: `sh -c ${quote(script)}`};
}

const byRpm = {docker: rpm('docker', ['docker-ce', 'moby-engine', 'docker']), podman: rpm('podman', ['podman'])};

/** The package of an engine on Debian and what descends from it. */
export function packageOf(runtime: Runtime) {
	return onDebian[runtime];
}

/** Every family, in the order of a plan: which one a VM is of is seen there. */
export function familiesOf(runtime: Runtime): readonly [Family, ...Family[]] {
	return [onDebian[runtime], ...(runtime === 'docker' ? [dockerCe] : []), byRpm[runtime]];
}

const rpmIds = ['fedora', 'amzn', 'rhel', 'centos', 'rocky', 'almalinux', 'ol', 'suse', 'opensuse', 'sles'];

const isOf = (id: string, ids: readonly string[]) => ids.some((known) => id === known || id.startsWith(`${known}-`));

/**
 * The family that a distribution belongs to, by ID and ID_LIKE of os-release; undefined when the engine must be installed by hand.
 * `hasDockerCe`: its package lists know Docker's own package, since somebody added that repository.
 */
export function familyOf(os: OsRelease, runtime: Runtime, hasDockerCe: boolean): Family | undefined {
	for (const id of [os.id, ...os.idLike]) {
		if (isOf(id, ['debian', 'ubuntu'])) return runtime === 'docker' && hasDockerCe ? dockerCe : onDebian[runtime];
		if (isOf(id, rpmIds)) return byRpm[runtime];
	}
	return undefined;
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

/** What a person would type to install Docker where preparation does not, or cannot; undefined when that is unknown too. */
export function installByHand(os: OsRelease): string | undefined {
	for (const id of [os.id, ...os.idLike]) {
		const found = byHand.find(({ids}) => isOf(id, ids));
		if (found !== undefined) return found.text;
	}
	return undefined;
}

/** No repository of the VM has it: dnf 4 and 5, yum 3, zypper, apt. */
export const notOffered =
	/unable to find a match|no match for argument|no package \S+ available|no provider of|unable to locate package|has no installation candidate/i;
