import {
	accountNamed,
	accounts,
	addAccount,
	addGroup,
	groupNamed,
	groups,
	groupsOf,
	joinGroups,
	leaveGroup,
	removeGroup,
} from '../accounts.ts';
import {type Commands, fail, type MachineCommand, ok, parseOptions} from '../command.ts';
import {root} from '../file-tree.ts';

const umask = 0o022;

const id: MachineCommand = (args, {machine: {tree}, session}) => {
	const options = parseOptions(args);
	const [name] = options.rest;
	const account = name === undefined ? session.account : accountNamed(tree, name);
	if (account === undefined) return fail(`id: ‘${name ?? ''}’: no such user`);
	const all = groups(tree);
	// Of a session: the groups that it began with, whatever the database says by now.
	const mine =
		name === undefined
			? session.eyes.who.gids.map((gid) => all.find((group) => group.gid === gid) ?? {name: String(gid), gid})
			: groupsOf(tree, account);
	const byName = options.has('-n');
	if (options.has('-u')) return ok(`${byName ? account.name : account.uid}\n`);
	if (options.has('-g')) return ok(`${byName ? (mine[0]?.name ?? account.gid) : account.gid}\n`);
	if (options.has('-G')) return ok(`${mine.map((group) => (byName ? group.name : group.gid)).join(' ')}\n`);
	const list = mine.map((group) => `${group.gid}(${group.name})`);
	return ok(`uid=${account.uid}(${account.name}) gid=${list[0] ?? ''} groups=${list.join(',')}\n`);
};

const getent: MachineCommand = ([database, ...keys], {machine}) => {
	const {tree} = machine;
	const lines = (path: string) => tree.readFile(path, root).toString().split('\n').filter(Boolean);
	const matching = (all: readonly string[]) => {
		const found = all.filter(
			(line) => keys.length === 0 || keys.some((key) => line.split(':')[0] === key || line.split(':')[2] === key),
		);
		return found.length === 0 ? fail('', 2) : ok(`${found.join('\n')}\n`);
	};
	if (database === 'passwd') return matching(lines('/etc/passwd'));
	if (database === 'group') return matching(lines('/etc/group'));
	if (['hosts', 'ahosts', 'ahostsv4'].includes(database ?? '')) {
		const found = lines('/etc/hosts').filter((line) => keys.some((key) => line.split(/\s+/).slice(1).includes(key)));
		return found.length === 0 ? fail('', 2) : ok(`${found.map((line) => line.replace(/\s+/, '       ')).join('\n')}\n`);
	}
	return fail(`Unknown database: ${database ?? ''}`, 1);
};

const useradd: MachineCommand = (args, {machine: {tree}, session}) => {
	if (session.account.uid !== 0) return denied('useradd', '/etc/passwd');
	const options = parseOptions(args, [
		'-s',
		'--shell',
		'-d',
		'--home-dir',
		'-g',
		'--gid',
		'-G',
		'--groups',
		'-u',
		'-c',
		'--comment',
		'-p',
		'--password',
	]);
	const [name = ''] = options.rest;
	if (accountNamed(tree, name) !== undefined) return fail(`useradd: user '${name}' already exists`, 9);
	const system = options.has('-r', '--system');
	const groupName = options.value('-g', '--gid');
	if (groupName === undefined && groupNamed(tree, name) !== undefined)
		return fail(`useradd: group ${name} exists - if you want to add this user to that group, use -g.`, 9);
	const group = groupName === undefined ? addGroup(tree, name, {system}) : groupNamed(tree, groupName);
	if (group === undefined) return fail(`useradd: group '${groupName ?? ''}' does not exist`, 6);
	const home = options.value('-d', '--home-dir') ?? `/home/${name}`;
	const account = addAccount(
		tree,
		{name, gid: group.gid, home, shell: options.value('-s', '--shell') ?? '/bin/sh'},
		{system},
	);
	const more = options.value('-G', '--groups');
	if (more !== undefined) joinGroups(tree, name, more.split(','));
	if (options.has('-m', '--create-home')) {
		tree.makeDirectory(home, root, {umask: 0o022, parents: true});
		tree.own(home, root, {uid: account.uid, gid: account.gid});
	}
	return ok();
};

const usermod: MachineCommand = (args, {machine: {tree}, session}) => {
	if (session.account.uid !== 0) return denied('usermod', '/etc/passwd');
	const options = parseOptions(args, ['-G', '--groups', '-s', '--shell', '-d', '-p', '--password']);
	const [name = ''] = options.rest;
	if (accountNamed(tree, name) === undefined) return fail(`usermod: user '${name}' does not exist`, 6);
	const wanted = (options.value('-G', '--groups') ?? '').split(',').filter(Boolean);
	const unknown = wanted.find((group) => groupNamed(tree, group) === undefined);
	if (unknown !== undefined) return fail(`usermod: group '${unknown}' does not exist`, 6);
	joinGroups(tree, name, wanted);
	return ok();
};

const groupadd: MachineCommand = (args, {machine: {tree}, session}) => {
	if (session.account.uid !== 0) return denied('groupadd', '/etc/group');
	const options = parseOptions(args, ['-g', '--gid']);
	const [name = ''] = options.rest;
	if (groupNamed(tree, name) !== undefined)
		return options.has('-f') ? ok() : fail(`groupadd: group '${name}' already exists`, 9);
	addGroup(tree, name, {system: options.has('-r', '--system')});
	return ok();
};

const groupdel: MachineCommand = ([name = ''], {machine: {tree}, session}) => {
	if (session.account.uid !== 0) return denied('groupdel', '/etc/group');
	if (groupNamed(tree, name) === undefined) return fail(`groupdel: group '${name}' does not exist`, 6);
	removeGroup(tree, name);
	return ok();
};

/** `gpasswd -d USER GROUP`: takes an account out of a group. */
const gpasswd: MachineCommand = (args, {machine: {tree}, session}) => {
	const [option = '', user = '', group = ''] = args;
	if (session.account.uid !== 0) return fail('gpasswd: Permission denied.');
	if (option !== '-d' || groupNamed(tree, group)?.members.includes(user) !== true)
		return fail(`gpasswd: user '${user}' is not a member of '${group}'`, 3);
	leaveGroup(tree, user, group);
	return ok(`Removing user ${user} from group ${group}\n`);
};

/** Takes accounts away again, with their home where asked. */
const userdel: MachineCommand = (args, {machine: {tree}, session}) => {
	if (session.account.uid !== 0) return denied('userdel', '/etc/passwd');
	const options = parseOptions(args);
	const account = accountNamed(tree, options.rest[0] ?? '');
	if (account === undefined) return fail(`userdel: user '${options.rest[0] ?? ''}' does not exist`, 6);
	const without = (path: string) =>
		tree.writeFile(
			path,
			Buffer.from(
				tree
					.readFile(path, root)
					.toString()
					.split('\n')
					.filter((line) => line.split(':')[0] !== account.name)
					.join('\n'),
			),
			root,
			{umask},
		);
	without('/etc/passwd');
	for (const {name, members} of groups(tree)) if (members.includes(account.name)) leaveGroup(tree, account.name, name);
	if (accounts(tree).every(({gid}) => gid !== account.gid)) without('/etc/group');
	if (options.has('-r', '--remove') && tree.look(account.home, root) !== undefined)
		tree.remove(account.home, root, {recursive: true});
	return ok();
};

function denied(name: string, file: string) {
	return fail(`${name}: Permission denied.\n${name}: cannot lock ${file}; try again later.`);
}

/** Accounts and groups: who somebody is, and making more. */
export const accountCommands: Commands = {
	id,
	getent,
	useradd,
	usermod,
	userdel,
	groupadd,
	groupdel,
	gpasswd,
	whoami: (_, {session}) => ok(`${session.account.name}\n`),
	groups: (_, io) => id(['-nG'], io),
};
