import {readdir, readFile} from 'node:fs/promises';
import {basename, dirname, isAbsolute, join} from 'node:path';

/** Files include each other so deep at most, as in OpenSSH (readconf.c, READCONF_MAX_DEPTH). */
const deepest = 16;

/**
 * The hosts that `~/.ssh/config` and the files that it includes name, without patterns, in their order. `ssh -G` tells what is said of a
 * host, but not which there are. A file that cannot be read names none: ssh says why.
 */
export async function configHosts(home: string): Promise<readonly string[]> {
	return [...new Set(await hostsOf(join(home, '.ssh', 'config'), home, deepest))];
}

async function hostsOf(path: string, home: string, depth: number): Promise<readonly string[]> {
	if (depth === 0) return [];
	const text = await readFile(path, 'utf8').catch(() => '');
	const found = text.split('\n').map(async (line): Promise<readonly string[]> => {
		// ssh_config(5): keyword and arguments, parted by blanks or one equals sign, in any case.
		const [, keyword = '', rest = ''] = /^\s*(host|include)(?:\s*=\s*|\s+)(.*)$/i.exec(line) ?? [];
		const words = (rest.match(/"[^"]*"|[^\s"]+/g) ?? []).map((word) => word.replaceAll('"', ''));
		switch (keyword.toLowerCase()) {
			case 'host':
				return words.filter((word) => !/[*?!]/.test(word));
			case 'include': {
				const files = await Promise.all(words.map((word) => matching(word, home)));
				return (await Promise.all(files.flat().map((file) => hostsOf(file, home, depth - 1)))).flat();
			}
			default:
				return [];
		}
	});
	return (await Promise.all(found)).flat();
}

/** The files of an Include: below `~/.ssh` unless absolute; in the last part of the path `*` and `?` are patterns. */
async function matching(word: string, home: string): Promise<readonly string[]> {
	const given = word.startsWith('~/') ? join(home, word.slice(2)) : word;
	const path = isAbsolute(given) ? given : join(home, '.ssh', given);
	if (!/[*?]/.test(basename(path))) return [path];
	const pattern = basename(path)
		.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	const names = await readdir(dirname(path)).catch(() => []);
	return names
		.filter((name) => new RegExp(`^(?!\\.)${pattern}$`).test(name))
		.toSorted()
		.map((name) => join(dirname(path), name));
}
