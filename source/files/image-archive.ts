import {createReadStream} from 'node:fs';
import {pipeline, Readable} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {createTarDecoder} from 'modern-tar';
import {exitCodes, UserError} from '../errors.ts';
import type {ImageArchive} from '../ports.ts';

/** A description of an image (manifest, index, config) has a few KiB; layers are not looked into. */
const maxDescription = 1024 * 1024;

/**
 * What an archive of `docker save`, `podman save` or of the OCI (.tar, .tar.gz) says of itself: manifest.json, or index.json of an OCI layout
 * (image-spec, image-layout.md, annotations). It is read as a stream; nothing but descriptions is kept. Throws UserError `usage` (exit 64) for what
 * cannot be read, and `bad-data` (exit 65) for what is no such archive.
 */
export async function readImageArchive(path: string): Promise<ImageArchive> {
	let texts: ReadonlyMap<string, string>;
	try {
		texts = await descriptionsIn(path);
	} catch (error) {
		const words = error instanceof Error ? error.message : String(error);
		if (isOfSystem(error)) throw refused('usage', `${path} cannot be read: ${words}`);
		throw refused('bad-data', `${path} is no archive of an image: ${words}`);
	}
	const manifests = asArray(json(texts.get('manifest.json')));
	const index = asArray(asObject(json(texts.get('index.json')))['manifests']);
	const names = [
		...manifests.flatMap((manifest) => asArray(asObject(manifest)['RepoTags']).map(String)),
		...index.flatMap((manifest) => {
			const notes = asObject(asObject(manifest)['annotations']);
			// The first is containerd's and whole; the OCI's own may be a tag alone.
			const name = notes['io.containerd.image.name'] ?? notes['org.opencontainers.image.ref.name'];
			return typeof name === 'string' ? [name] : [];
		}),
	];
	if (manifests.length === 0 && index.length === 0) {
		throw refused('bad-data', `${path} is no archive of an image: it has neither manifest.json nor index.json.`);
	}
	const config = asObject(manifests[0])['Config'];
	const architecture = typeof config === 'string' ? asObject(json(texts.get(config)))['architecture'] : undefined;
	return {
		names: [...new Set(names)],
		format: manifests.length > 0 ? 'docker' : 'oci',
		architecture: typeof architecture === 'string' ? architecture : '',
	};
}

/** The small files of the archive by name. */
async function descriptionsIn(path: string): Promise<ReadonlyMap<string, string>> {
	const zipped = await isGzip(path);
	const file = createReadStream(path);
	// What goes wrong with the file is thrown by whoever reads the end of the pipe.
	const plain = zipped ? pipeline(file, createGunzip(), () => undefined) : file;
	const found = new Map<string, string>();
	const entries = (Readable.toWeb(plain) as ReadableStream<Uint8Array>).pipeThrough(createTarDecoder());
	for await (const {header, body} of entries) {
		if (header.type === 'file' && header.size <= maxDescription) {
			found.set(header.name.replace(/^\.\//, ''), await new Response(body).text());
		} else {
			for await (const _part of body);
		}
	}
	return found;
}

async function isGzip(path: string): Promise<boolean> {
	for await (const part of createReadStream(path, {end: 1})) return (part as Buffer).equals(Buffer.from([0x1f, 0x8b]));
	return false;
}

function isOfSystem(error: unknown): boolean {
	return error instanceof Error && 'syscall' in error;
}

function refused(code: 'usage' | 'bad-data', message: string): UserError {
	return new UserError({
		code,
		message,
		hint: 'Make it where the image is: docker save -o FILE IMAGE, or podman save -o FILE IMAGE.',
		exitCode: code === 'usage' ? exitCodes.usage : exitCodes.badData,
	});
}

function json(text: string | undefined): unknown {
	try {
		return text === undefined ? undefined : JSON.parse(text);
	} catch {
		return undefined;
	}
}

function asArray(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
