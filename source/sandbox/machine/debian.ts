import type {Mesh} from '../mesh/mesh.ts';
import {addAccount, addGroup, joinGroups} from './accounts.ts';
import {directory, FileTree, file, link, root} from './file-tree.ts';
import type {App, Machine, Timers} from './machine.ts';
import type {Shell} from './shell.ts';

const osRelease = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
`;

const directories = [
	'/boot',
	'/dev',
	'/etc',
	'/home',
	'/opt',
	'/proc',
	'/root',
	'/run',
	'/srv',
	'/sys',
	'/usr',
	'/usr/bin',
	'/usr/lib',
	'/usr/local',
	'/usr/local/bin',
	'/usr/sbin',
	'/var',
	'/var/lib',
	'/var/lib/dpkg',
	'/var/lib/dpkg/updates',
	'/var/log',
];

/** Programs that come with a package, not with the system. */
const packaged = new Set(['docker']);

/** A fresh Debian 12 with an account `admin` that may use sudo and lets in who has the key. */
export function createDebian(options: {
	readonly hostname: string;
	readonly address: string;
	readonly app: App | undefined;
	readonly adminKey: string;
	readonly mesh: Mesh;
	readonly shell: Shell;
	readonly timers: Timers;
}): Machine {
	const {hostname, address, adminKey, shell} = options;
	const tree = new FileTree();
	for (const path of directories) tree.makeDirectory(path, root, {umask: 0o022});
	tree.own('/root', root, {mode: 0o700});
	tree.place('/tmp', directory(0o1777, root), root, 'mkdir');
	const put = (path: string, text: string) => tree.writeFile(path, Buffer.from(text), root, {umask: 0o022});
	put('/etc/os-release', osRelease);
	put('/etc/debian_version', '12.12\n');
	put('/etc/hostname', `${hostname}\n`);
	put('/etc/hosts', `127.0.0.1 localhost\n${address} ${hostname}\n`);
	put(
		'/etc/passwd',
		'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
	);
	put('/etc/group', 'root:x:0:\ndaemon:x:1:\nsudo:x:27:\nnogroup:x:65534:\n');
	for (const name of ['null', 'zero', 'stdin', 'stdout', 'stderr', 'tty'])
		tree.place(`/dev/${name}`, file(0o666, root, Buffer.alloc(0), true), root, 'open');
	tree.place('/bin', link('/usr/bin', root), root, 'symlink');
	tree.place('/sbin', link('/usr/sbin', root), root, 'symlink');
	for (const name of shell.programs)
		if (!packaged.has(name) && tree.look(`/usr/bin/${name}`, root) === undefined)
			tree.place(`/usr/bin/${name}`, file(0o755, root, Buffer.alloc(0)), root, 'open');
	const group = addGroup(tree, 'admin', {system: false});
	const admin = addAccount(
		tree,
		{name: 'admin', gid: group.gid, home: '/home/admin', shell: '/bin/bash'},
		{system: false},
	);
	joinGroups(tree, 'admin', ['sudo']);
	letIn(tree, admin, adminKey);
	return {
		hostname,
		address,
		tree,
		shell,
		mesh: options.mesh,
		timers: options.timers,
		app: options.app,
		services: new Map([['ssh', {active: true, enabled: true}]]),
		packages: new Map([
			['openssh-server', '1:9.2p1-2+deb12u7'],
			['sudo', '1.9.13p3-1+deb12u2'],
		]),
		engine: {images: new Map(), containers: new Map()},
		processes: new Map(),
		sudoers: ['admin'],
		counter: 0,
	};
}

/** Makes an account's home with the public key that may log in. */
export function letIn(
	tree: FileTree,
	account: {readonly uid: number; readonly gid: number; readonly home: string},
	key: string,
): void {
	const who = {uid: account.uid, gids: [account.gid]};
	tree.makeDirectory(account.home, root, {umask: 0o022, parents: true});
	tree.own(account.home, root, {uid: account.uid, gid: account.gid});
	tree.makeDirectory(`${account.home}/.ssh`, who, {umask: 0o077});
	tree.writeFile(`${account.home}/.ssh/authorized_keys`, Buffer.from(`${key}\n`), who, {umask: 0o077});
}
