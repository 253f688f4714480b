/** Who asks: a user id and the ids of all its groups, the login group first. Root (0) may do everything. */
export type Credentials = {readonly uid: number; readonly gids: readonly number[]};

type Common = {mode: number; uid: number; gid: number; mtime: Date};
export type FileNode = Common & {
	readonly kind: 'file';
	content: Buffer /** Takes writes and keeps nothing. */;
	readonly sink: boolean;
};
export type DirectoryNode = Common & {readonly kind: 'directory'; readonly children: Map<string, TreeNode>};
export type LinkNode = Common & {readonly kind: 'link'; readonly target: string};
export type TreeNode = FileNode | DirectoryNode | LinkNode;

export const root: Credentials = {uid: 0, gids: [0]};

const maxLinks = 40;
const read = 4;
const write = 2;
const search = 1;

/** An error as Node's file system words it, which is what just-bash's commands expect. */
function fault(code: string, words: string, call: string, path: string): Error {
	return Object.assign(new Error(`${code}: ${words}, ${call} '${path}'`), {code});
}

/** A Unix file tree in memory with owners and permissions. Paths are absolute; `.` and `..` are resolved by their text. */
export class FileTree {
	readonly #root: DirectoryNode = directory(0o755, root);

	/** The node at a path. Throws ENOENT, ENOTDIR, ELOOP, or EACCES where a directory on the way may not be searched. */
	find(path: string, who: Credentials, call: string, follow = true): TreeNode {
		return this.#walk(path, who, call, follow).node ?? missing(call, path);
	}

	/** The node or undefined when it is not there, or not to be seen. */
	look(path: string, who: Credentials, follow = true): TreeNode | undefined {
		try {
			return this.find(path, who, 'stat', follow);
		} catch {
			return undefined;
		}
	}

	readFile(path: string, who: Credentials): Buffer {
		const node = this.find(path, who, 'open');
		if (node.kind !== 'file') throw fault('EISDIR', 'illegal operation on a directory', 'read', path);
		this.#require(node, who, read, 'open', path);
		return node.content;
	}

	writeFile(
		path: string,
		content: Buffer,
		who: Credentials,
		{umask, append = false}: {umask: number; append?: boolean},
	) {
		const {node, parent, name} = this.#walk(path, who, 'open', true);
		if (node === undefined) {
			this.#require(parent, who, write, 'open', path);
			parent.children.set(name, file(0o666 & ~umask, who, content));
			parent.mtime = new Date();
			return;
		}
		if (node.kind !== 'file') throw fault('EISDIR', 'illegal operation on a directory', 'open', path);
		this.#require(node, who, write, 'open', path);
		if (node.sink) return;
		node.content = append ? Buffer.concat([node.content, content]) : content;
		node.mtime = new Date();
	}

	makeDirectory(path: string, who: Credentials, {umask, parents = false}: {umask: number; parents?: boolean}): void {
		if (parents) {
			const names = parts(path);
			for (let depth = 1; depth < names.length; depth++) {
				const above = `/${names.slice(0, depth).join('/')}`;
				if (this.#walk(above, who, 'mkdir', true).node === undefined) this.makeDirectory(above, who, {umask});
			}
		}
		const {node, parent, name} = this.#walk(path, who, 'mkdir', true);
		if (node !== undefined) {
			if (parents && node.kind === 'directory') return;
			throw fault('EEXIST', 'file already exists', 'mkdir', path);
		}
		this.#require(parent, who, write, 'mkdir', path);
		parent.children.set(name, directory(0o777 & ~umask, who));
	}

	list(path: string, who: Credentials): ReadonlyMap<string, TreeNode> {
		const node = this.find(path, who, 'scandir');
		if (node.kind !== 'directory') throw fault('ENOTDIR', 'not a directory', 'scandir', path);
		this.#require(node, who, read, 'scandir', path);
		return node.children;
	}

	remove(path: string, who: Credentials, {recursive = false}: {recursive?: boolean} = {}): void {
		const {node, parent, name} = this.#walk(path, who, 'rm', false);
		if (node === undefined) throw absent('rm', path);
		if (node.kind === 'directory' && node.children.size > 0 && !recursive)
			throw fault('ENOTEMPTY', 'directory not empty', 'rm', path);
		this.#require(parent, who, write, 'rm', path);
		parent.children.delete(name);
	}

	move(from: string, to: string, who: Credentials): void {
		const source = this.#walk(from, who, 'rename', false);
		if (source.node === undefined) throw absent('rename', from);
		const {parent, name} = this.#walk(to, who, 'rename', false);
		this.#require(source.parent, who, write, 'rename', from);
		this.#require(parent, who, write, 'rename', to);
		source.parent.children.delete(source.name);
		parent.children.set(name, source.node);
	}

	/** Puts a node in place, e.g. a symbolic link or a hard link to another's node. */
	place(path: string, node: TreeNode, who: Credentials, call: string): void {
		const {node: there, parent, name} = this.#walk(path, who, call, false);
		if (there !== undefined) throw fault('EEXIST', 'file already exists', call, path);
		this.#require(parent, who, write, call, path);
		parent.children.set(name, node);
	}

	/** Only the owner and root may change a mode; only root gives a file away. */
	own(path: string, who: Credentials, change: {mode?: number; uid?: number; gid?: number}, follow = true): void {
		const node = this.find(path, who, 'chmod', follow);
		const mine = who.uid === 0 || who.uid === node.uid;
		const keeps = change.uid === undefined || change.uid === node.uid;
		const inGroup = change.gid === undefined || change.gid === node.gid || who.gids.includes(change.gid);
		if (!mine || (who.uid !== 0 && !(keeps && inGroup)))
			throw fault('EPERM', 'operation not permitted', change.mode === undefined ? 'chown' : 'chmod', path);
		Object.assign(node, change);
	}

	/** The path without symbolic links. */
	realPath(path: string, who: Credentials): string {
		const {path: real, node} = this.#walk(path, who, 'realpath', true);
		if (node === undefined) throw absent('realpath', path);
		return real;
	}

	#require(node: TreeNode, who: Credentials, right: number, call: string, path: string): void {
		if ((rightsOf(node, who) & right) === 0) throw fault('EACCES', 'permission denied', call, path);
	}

	#walk(
		path: string,
		who: Credentials,
		call: string,
		follow: boolean,
	): {node: TreeNode | undefined; parent: DirectoryNode; name: string; path: string} {
		let todo = parts(path);
		let done: string[] = [];
		let chain: DirectoryNode[] = [this.#root];
		let links = 0;
		while (todo.length > 0) {
			const [name = '', ...rest] = todo;
			const parent = chain.at(-1) ?? this.#root;
			this.#require(parent, who, search, call, path);
			const node = parent.children.get(name);
			if (node?.kind === 'link' && (rest.length > 0 || follow)) {
				if (++links > maxLinks) throw fault('ELOOP', 'too many levels of symbolic links', call, path);
				const target = node.target.startsWith('/') ? node.target : `/${done.join('/')}/${node.target}`;
				todo = [...parts(target), ...rest];
				done = [];
				chain = [this.#root];
				continue;
			}
			const here = `/${[...done, name].join('/')}`;
			if (rest.length === 0) return {node, parent, name, path: here};
			if (node === undefined) throw absent(call, path);
			if (node.kind !== 'directory') throw fault('ENOTDIR', 'not a directory', call, path);
			chain = [...chain, node];
			done = [...done, name];
			todo = rest;
		}
		return {node: this.#root, parent: this.#root, name: '', path: '/'};
	}
}

function absent(call: string, path: string): Error {
	return fault('ENOENT', 'no such file or directory', call, path);
}

function missing(call: string, path: string): never {
	throw absent(call, path);
}

/** What somebody may do with a node: the bits read, write and search (or execute) of the triplet that concerns him. */
export function rightsOf(node: TreeNode, who: Credentials): number {
	if (who.uid === 0) return node.kind === 'directory' || (node.mode & 0o111) !== 0 ? 7 : 6;
	if (node.uid === who.uid) return (node.mode >> 6) & 7;
	return (who.gids.includes(node.gid) ? node.mode >> 3 : node.mode) & 7;
}

export function directory(mode: number, who: Credentials): DirectoryNode {
	return {kind: 'directory', mode, uid: who.uid, gid: who.gids[0] ?? 0, mtime: new Date(), children: new Map()};
}

export function file(mode: number, who: Credentials, content: Buffer, sink = false): FileNode {
	return {kind: 'file', mode, uid: who.uid, gid: who.gids[0] ?? 0, mtime: new Date(), content, sink};
}

export function link(target: string, who: Credentials): LinkNode {
	return {kind: 'link', mode: 0o777, uid: who.uid, gid: who.gids[0] ?? 0, mtime: new Date(), target};
}

function parts(path: string): string[] {
	const result: string[] = [];
	for (const part of path.split('/')) {
		if (part === '..') result.pop();
		else if (part !== '' && part !== '.') result.push(part);
	}
	return result;
}
