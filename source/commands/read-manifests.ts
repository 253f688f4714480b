import {readFile} from 'node:fs/promises';
import {exitCodes, UserError} from '../errors.ts';
import {type Manifest, parseManifests} from '../mesh/parse-manifests.ts';
import {sanitise} from '../output/sanitise.ts';

/**
 * The objects of files, `-` for standard input, in order. Throws UserError `usage` for a file that is not there or is a folder,
 * `manifest` (exit 65) for what holds no Kubernetes objects, or the same object twice.
 */
export async function readManifests(paths: readonly string[], namespace: string): Promise<readonly Manifest[]> {
	const manifests: Manifest[] = [];
	const places = new Map<string, string>();
	for (const path of new Set(paths)) {
		const name = path === '-' ? 'standard input' : path;
		for (const manifest of parseManifests(name, decode(name, await read(path)), namespace)) {
			const {kind, metadata} = manifest.object;
			const key = `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
			const before = places.get(key);
			if (before !== undefined) throw bad(`${manifest.place}: ${key} is there twice, first in ${before}.`);
			places.set(key, manifest.place);
			manifests.push(manifest);
		}
	}
	return manifests;
}

async function read(path: string): Promise<Uint8Array> {
	try {
		return path === '-' ? await readInput() : await readFile(path);
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		const [why, exitCode] =
			code === 'ENOENT' || code === 'ENOTDIR'
				? ['there is no such file', exitCodes.usage]
				: code === 'EISDIR'
					? ['it is a folder, not a file', exitCodes.usage]
					: code === 'EACCES' || code === 'EPERM'
						? ['you may not read it', exitCodes.notPermitted]
						: [`it cannot be read: ${code ?? String(error)}`, exitCodes.badData];
		throw new UserError({
			code: 'usage',
			message: `${path}: ${why}.`,
			hint: 'lint takes files with YAML or JSON documents, - for standard input, or entries as <entry>.<namespace>.',
			exitCode,
		});
	}
}

async function readInput(): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
	return Buffer.concat(chunks);
}

function decode(name: string, bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
	} catch {
		throw bad(`${name}, document 1: this is no YAML: it is not text in UTF-8.`);
	}
}

function bad(message: string): UserError {
	return new UserError({
		code: 'manifest',
		message: sanitise(message),
		hint: 'lint takes files with YAML or JSON documents of Kubernetes objects, each object once.',
		exitCode: exitCodes.badData,
	});
}
