import type {IFileSystem} from 'just-bash';
import {type Credentials, type FileTree, link, rightsOf, type TreeNode} from './file-tree.ts';

/** Whose eyes the shell sees the tree with; `umask` may change while it runs. */
export type Eyes = {readonly who: Credentials; umask: number};

type Content = string | Uint8Array;
type Stat = Awaited<ReturnType<IFileSystem['stat']>>;

/**
 * A file tree as just-bash wants it. In `stat` the owner's bits of the mode are what *this* user may do, since just-bash's
 * `test -r|-w|-x` look at them; the sandbox's own `stat` and `ls` show the real mode.
 */
export function shellFileSystem(tree: FileTree, eyes: Eyes): IFileSystem {
	const {who} = eyes;
	const stat = (node: TreeNode): Stat => ({
		isFile: node.kind === 'file',
		isDirectory: node.kind === 'directory',
		isSymbolicLink: node.kind === 'link',
		mode: (node.mode & ~0o700) | (rightsOf(node, who) << 6),
		size: node.kind === 'file' ? node.content.length : node.kind === 'link' ? node.target.length : 4096,
		mtime: node.mtime,
		dev: 1,
		ino: inodeOf(node),
	});
	const encoding = (options: unknown): BufferEncoding => {
		const name = typeof options === 'string' ? options : (options as {encoding?: string | null} | undefined)?.encoding;
		return name === 'binary' || name === 'latin1' || name === 'ascii' || name === 'base64' || name === 'hex'
			? name
			: 'utf8';
	};
	const bytes = (content: Content, options: unknown): Buffer =>
		typeof content === 'string' ? Buffer.from(content, encoding(options)) : Buffer.from(content);
	const copy = (from: string, to: string, recursive: boolean): void => {
		const node = tree.find(from, who, 'cp');
		if (node.kind === 'file') {
			tree.writeFile(to, tree.readFile(from, who), who, eyes);
			return;
		}
		if (!recursive) throw new Error(`EISDIR: is a directory, cp '${from}'`);
		tree.makeDirectory(to, who, {umask: eyes.umask, parents: true});
		for (const name of tree.list(from, who).keys()) copy(`${from}/${name}`, `${to}/${name}`, true);
	};
	return {
		readFile: async (path, options) => tree.readFile(path, who).toString(encoding(options)),
		readFileBuffer: async (path) => new Uint8Array(tree.readFile(path, who)),
		writeFile: async (path, content, options) => tree.writeFile(path, bytes(content, options), who, eyes),
		appendFile: async (path, content, options) =>
			tree.writeFile(path, bytes(content, options), who, {umask: eyes.umask, append: true}),
		exists: async (path) => tree.look(path, who) !== undefined,
		stat: async (path) => stat(tree.find(path, who, 'stat')),
		lstat: async (path) => stat(tree.find(path, who, 'lstat', false)),
		mkdir: async (path, options) =>
			tree.makeDirectory(path, who, {umask: eyes.umask, parents: options?.recursive === true}),
		readdir: async (path) => [...tree.list(path, who).keys()].sort(),
		readdirWithFileTypes: async (path) =>
			[...tree.list(path, who)]
				.sort(([one], [other]) => (one < other ? -1 : 1))
				.map(([name, node]) => ({
					name,
					isFile: node.kind === 'file',
					isDirectory: node.kind === 'directory',
					isSymbolicLink: node.kind === 'link',
				})),
		rm: async (path, options) => {
			if (options?.force === true && tree.look(path, who, false) === undefined) return;
			tree.remove(path, who, {recursive: options?.recursive === true});
		},
		cp: async (from, to, options) => copy(from, to, options?.recursive === true),
		mv: async (from, to) => tree.move(from, to, who),
		resolvePath: (base, path) => normal(path.startsWith('/') ? path : `${base}/${path}`),
		getAllPaths: () => [],
		chmod: async (path, mode) => tree.own(path, who, {mode}),
		symlink: async (target, path) => tree.place(path, link(target, who), who, 'symlink'),
		link: async (existing, path) => tree.place(path, tree.find(existing, who, 'link'), who, 'link'),
		readlink: async (path) => {
			const node = tree.find(path, who, 'readlink', false);
			if (node.kind !== 'link') throw new Error(`EINVAL: invalid argument, readlink '${path}'`);
			return node.target;
		},
		realpath: async (path) => tree.realPath(path, who),
		utimes: async (path, _atime, mtime) => {
			tree.find(path, who, 'utimes').mtime = mtime;
		},
	};
}

const inodes = new WeakMap<TreeNode, number>();
let lastInode = 2;

/** By these mv and cp know whether two paths are one file. */
function inodeOf(node: TreeNode): number {
	const inode = inodes.get(node) ?? ++lastInode;
	inodes.set(node, inode);
	return inode;
}

function normal(path: string): string {
	const result: string[] = [];
	for (const part of path.split('/')) {
		if (part === '..') result.pop();
		else if (part !== '' && part !== '.') result.push(part);
	}
	return `/${result.join('/')}`;
}
