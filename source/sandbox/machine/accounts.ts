import {type Credentials, type FileTree, root} from './file-tree.ts';

/** A line of /etc/passwd. */
export type Account = {
	readonly name: string;
	readonly uid: number;
	readonly gid: number;
	readonly home: string;
	readonly shell: string;
};

/** A line of /etc/group. */
export type Group = {readonly name: string; readonly gid: number; readonly members: readonly string[]};

const umask = 0o022;

/** The accounts of a machine, kept where Unix keeps them: in /etc/passwd and /etc/group. */
export function accounts(tree: FileTree): readonly Account[] {
	return lines(tree, '/etc/passwd').flatMap(([name, , uid, gid, , home, shell]) =>
		name === undefined ? [] : [{name, uid: Number(uid), gid: Number(gid), home: home ?? '/', shell: shell ?? ''}],
	);
}

export function groups(tree: FileTree): readonly Group[] {
	return lines(tree, '/etc/group').flatMap(([name, , gid, members]) =>
		name === undefined ? [] : [{name, gid: Number(gid), members: (members ?? '').split(',').filter(Boolean)}],
	);
}

export function accountNamed(tree: FileTree, name: string): Account | undefined {
	return accounts(tree).find((account) => account.name === name);
}

export function groupNamed(tree: FileTree, name: string): Group | undefined {
	return groups(tree).find((group) => group.name === name);
}

/** The groups of an account, the login group first: what a new session gets. */
export function groupsOf(tree: FileTree, account: Account): readonly Group[] {
	const all = groups(tree);
	return [
		...all.filter(({gid}) => gid === account.gid),
		...all.filter(({gid, members}) => gid !== account.gid && members.includes(account.name)),
	];
}

export function credentialsOf(tree: FileTree, account: Account): Credentials {
	return {uid: account.uid, gids: groupsOf(tree, account).map(({gid}) => gid)};
}

/** Adds a group with the next free id: of system groups (downwards from 999) or of users (upwards from 1000). */
export function addGroup(tree: FileTree, name: string, {system}: {system: boolean}): Group {
	const taken = new Set(groups(tree).map(({gid}) => gid));
	const group = {name, gid: freeId(taken, system), members: []};
	saveGroups(tree, [...groups(tree), group]);
	return group;
}

export function addAccount(tree: FileTree, account: Omit<Account, 'uid'>, {system}: {system: boolean}): Account {
	const taken = new Set(accounts(tree).map(({uid}) => uid));
	const added = {...account, uid: freeId(taken, system)};
	const text = [...accounts(tree), added]
		.map(({name, uid, gid, home, shell}) => `${name}:x:${uid}:${gid}::${home}:${shell}\n`)
		.join('');
	tree.writeFile('/etc/passwd', Buffer.from(text), root, {umask});
	return added;
}

export function joinGroups(tree: FileTree, account: string, names: readonly string[]): void {
	saveGroups(
		tree,
		groups(tree).map((group) =>
			names.includes(group.name) && !group.members.includes(account)
				? {...group, members: [...group.members, account]}
				: group,
		),
	);
}

export function leaveGroup(tree: FileTree, account: string, name: string): void {
	saveGroups(
		tree,
		groups(tree).map((group) =>
			group.name === name ? {...group, members: group.members.filter((member) => member !== account)} : group,
		),
	);
}

export function removeGroup(tree: FileTree, name: string): void {
	saveGroups(
		tree,
		groups(tree).filter((group) => group.name !== name),
	);
}

function saveGroups(tree: FileTree, all: readonly Group[]): void {
	const text = all.map(({name, gid, members}) => `${name}:x:${gid}:${members.join(',')}\n`).join('');
	tree.writeFile('/etc/group', Buffer.from(text), root, {umask});
}

function freeId(taken: ReadonlySet<number>, system: boolean): number {
	let id = system ? 999 : 1000;
	while (taken.has(id)) id += system ? -1 : 1;
	return id;
}

function lines(tree: FileTree, path: string): string[][] {
	const text = tree.look(path, root) === undefined ? '' : tree.readFile(path, root).toString();
	return text
		.split('\n')
		.filter((line) => line.includes(':'))
		.map((line) => line.split(':'));
}
