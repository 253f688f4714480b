import {accountNamed, accounts, groupNamed, groups} from '../accounts.ts';
import {type Commands, fail, type Io, type MachineCommand, ok, parseOptions, type Result} from '../command.ts';
import type {TreeNode} from '../file-tree.ts';

function absolute(io: Io, path: string): string {
	return path.startsWith('/') ? path : `${io.cwd}/${path}`;
}

/** Does something with each path; the first error of each is told in the words of the C library. */
function each(name: string, what: string, paths: readonly string[], io: Io, act: (path: string) => void): Result {
	const errors = paths.flatMap((path) => {
		try {
			act(absolute(io, path));
			return [];
		} catch (error) {
			return [`${name}: ${what} '${path}': ${errorWords(error)}`];
		}
	});
	return errors.length === 0 ? ok() : fail(errors.join('\n'));
}

function errorWords(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	const words = /^E[A-Z]+: ([^,]+)/.exec(text)?.[1] ?? text;
	return words === 'file already exists' ? 'File exists' : words.charAt(0).toUpperCase() + words.slice(1);
}

function below(io: Io, path: string): readonly string[] {
	const {tree} = io.machine;
	const node = tree.look(path, io.session.eyes.who, false);
	return node?.kind === 'directory'
		? [path, ...[...node.children.keys()].flatMap((name) => below(io, `${path}/${name}`))]
		: [path];
}

const chown: MachineCommand = (args, io) => {
	const options = parseOptions(args);
	const [owner = '', ...paths] = options.rest;
	const {tree} = io.machine;
	const [user = '', group] = owner.split(/[:.]/);
	const account =
		user === ''
			? undefined
			: (accountNamed(tree, user) ?? (/^\d+$/.test(user) ? {uid: Number(user), gid: Number(user)} : undefined));
	if (user !== '' && account === undefined) return fail(`chown: invalid user: '${owner}'`);
	// `user:` gives the login group of that user too.
	const gid =
		group === undefined
			? undefined
			: group === ''
				? account?.gid
				: (groupNamed(tree, group)?.gid ?? (/^\d+$/.test(group) ? Number(group) : undefined));
	if (group !== undefined && gid === undefined) return fail(`chown: invalid group: '${owner}'`);
	const change = {...(account === undefined ? {} : {uid: account.uid}), ...(gid === undefined ? {} : {gid})};
	const all = options.has('-R', '--recursive') ? paths.flatMap((path) => below(io, absolute(io, path))) : paths;
	return each('chown', 'changing ownership of', all, io, (path) =>
		tree.own(path, io.session.eyes.who, change, !options.has('-h')),
	);
};

const chmod: MachineCommand = (args, io) => {
	const options = parseOptions(args.filter((arg) => !/^[-+=][rwxXst]+$/.test(arg)));
	const [mode = '', ...paths] = options.rest;
	const {tree} = io.machine;
	const all = options.has('-R') ? paths.flatMap((path) => below(io, absolute(io, path))) : paths;
	return each('chmod', 'changing permissions of', all, io, (path) => {
		const node = tree.find(path, io.session.eyes.who, 'chmod');
		const changed = changedMode(node.mode, mode);
		if (changed === undefined) throw new Error(`invalid mode: '${mode}'`);
		tree.own(path, io.session.eyes.who, {mode: changed});
	});
};

function changedMode(mode: number, change: string): number | undefined {
	if (/^[0-7]{3,4}$/.test(change)) return Number.parseInt(change, 8);
	let result = mode;
	for (const part of change.split(',')) {
		const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(part);
		if (match === null) return undefined;
		const [, whom = '', how, what = ''] = match;
		const bits = [...what].reduce((sum, letter) => sum | {r: 4, w: 2, x: 1}[letter as 'r' | 'w' | 'x'], 0);
		for (const [letter, shift] of [
			['u', 6],
			['g', 3],
			['o', 0],
		] as const) {
			if (whom !== '' && !whom.includes('a') && !whom.includes(letter)) continue;
			if (how === '+') result |= bits << shift;
			else if (how === '-') result &= ~(bits << shift);
			else result = (result & ~(7 << shift)) | (bits << shift);
		}
	}
	return result;
}

const mkdir: MachineCommand = (args, io) => {
	const options = parseOptions(args, ['-m', '--mode']);
	const {tree} = io.machine;
	const {who, umask} = io.session.eyes;
	const mode = options.value('-m', '--mode');
	return each('mkdir', 'cannot create directory', options.rest, io, (path) => {
		const was = tree.look(path, who);
		tree.makeDirectory(path, who, {umask, parents: options.has('-p', '--parents')});
		if (mode !== undefined && was === undefined) tree.own(path, who, {mode: Number.parseInt(mode, 8)});
	});
};

/** `install -d`: a directory with mode and owner, whether it is new or not. */
const install: MachineCommand = async (args, io) => {
	const options = parseOptions(args, ['-m', '-o', '-g']);
	if (!options.has('-d')) return fail('install: this machine makes directories only: use -d');
	const made = await mkdir(['-p', ...options.rest], io);
	if (made.exitCode !== 0) return made;
	const [owner = '', group = ''] = [options.value('-o'), options.value('-g')];
	const owned = await chown([`${owner}:${group}`, ...options.rest], io);
	return owned.exitCode === 0 ? chmod([options.value('-m') ?? '755', ...options.rest], io) : owned;
};

const stat: MachineCommand = (args, io) => {
	const options = parseOptions(args, ['-c', '--format']);
	const {tree} = io.machine;
	const format = options.value('-c', '--format') ?? '%n %s %a %U %G';
	let out = '';
	const result = each('stat', 'cannot statx', options.rest, io, (path) => {
		const node = tree.find(path, io.session.eyes.who, 'stat', options.has('-L'));
		const values: Readonly<Record<string, string>> = options.has('-f')
			? {T: path.startsWith('/run') || path.startsWith('/dev/shm') ? 'tmpfs' : 'ext2/ext3', n: path}
			: valuesOf(node, path, io);
		out += `${format.replace(/%(.)/g, (whole, letter: string) => values[letter] ?? whole)}\n`;
	});
	return {...result, stdout: out};
};

function valuesOf(node: TreeNode, path: string, {machine: {tree}}: Io): Readonly<Record<string, string>> {
	return {
		a: (node.mode & 0o7777).toString(8),
		A: modeText(node),
		F: node.kind === 'link' ? 'symbolic link' : node.kind === 'file' ? 'regular file' : 'directory',
		g: String(node.gid),
		G: groups(tree).find(({gid}) => gid === node.gid)?.name ?? 'UNKNOWN',
		n: path,
		s: String(sizeOf(node)),
		u: String(node.uid),
		U: accounts(tree).find(({uid}) => uid === node.uid)?.name ?? 'UNKNOWN',
		Y: String(Math.floor(node.mtime.getTime() / 1000)),
	};
}

const ls: MachineCommand = (args, io) => {
	const options = parseOptions(args);
	const {tree} = io.machine;
	const {who} = io.session.eyes;
	let out = '';
	const line = (name: string, node: TreeNode, path: string) => {
		if (!options.has('-l')) return `${name}\n`;
		const {U, G, s} = valuesOf(node, path, io);
		const time = node.mtime.toISOString().replace('T', ' ').slice(0, 16);
		return `${modeText(node)} 1 ${U} ${G} ${String(s).padStart(6)} ${time} ${name}${node.kind === 'link' ? ` -> ${node.target}` : ''}\n`;
	};
	const result = each('ls', 'cannot access', options.rest.length === 0 ? ['.'] : options.rest, io, (path) => {
		const node = tree.find(path, who, 'stat');
		if (node.kind !== 'directory' || options.has('-d')) {
			out += line(path, node, path);
			return;
		}
		for (const [name, child] of [...tree.list(path, who)].sort(([one], [other]) => (one < other ? -1 : 1)))
			if (!name.startsWith('.') || options.has('-a', '-A')) out += line(name, child, `${path}/${name}`);
	});
	return {...result, stdout: out, exitCode: result.exitCode === 0 ? 0 : 2};
};

function modeText(node: TreeNode): string {
	const letters = [...'rwxrwxrwx'].map((letter, index) => ((node.mode >> (8 - index)) & 1 ? letter : '-')).join('');
	return `${{directory: 'd', file: '-', link: 'l'}[node.kind]}${letters}`;
}

function sizeOf(node: TreeNode): number {
	return node.kind === 'file' ? node.content.length : node.kind === 'link' ? node.target.length : 4096;
}

/** Files with their owners and modes, as just-bash does not know them. */
export const fileCommands: Commands = {chown, chmod, mkdir, install, stat, ls};
