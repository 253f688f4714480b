import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {packTar} from 'modern-tar';
import {afterAll, describe, expect, it} from 'vitest';
import {readImageArchive} from '../../source/files/image-archive.ts';
import {fullImageName} from '../../source/mesh/same-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'image-archive-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

async function archive(files: Readonly<Record<string, string | Buffer>>, {gzip = false} = {}): Promise<string> {
	const tar = await packTar(
		Object.entries(files).map(([name, content]) => {
			const body = Buffer.from(content);
			return {header: {name, size: body.length, type: 'file' as const}, body};
		}),
	);
	const path = join(folder, `${Math.random()}.tar`);
	writeFileSync(path, gzip ? gzipSync(tar) : tar);
	return path;
}

const layer = Buffer.alloc(3 * 1024 * 1024, 7);
const config = JSON.stringify({architecture: 'arm64', os: 'linux'});

describe('a file with an image', () => {
	it.each([false, true])(
		'of docker save tells names and processor, the manifest being last (gzip: %s)',
		async (gzip) => {
			const manifest = [{Config: 'abc.json', RepoTags: ['istio/proxyv2:1.31.0', 'registry.lab:5000/x:1'], Layers: []}];
			const files = {'abc.json': config, 'layer.tar': layer, 'manifest.json': JSON.stringify(manifest)};
			expect(await readImageArchive(await archive(files, {gzip}))).toEqual({
				names: ['istio/proxyv2:1.31.0', 'registry.lab:5000/x:1'],
				format: 'docker',
				architecture: 'arm64',
			});
		},
	);

	it.each([
		['io.containerd.image.name', 'docker.io/istio/proxyv2:1.31.0'],
		['org.opencontainers.image.ref.name', '1.31.0'],
	])('of the OCI tells its name by %s', async (key, name) => {
		const index = {manifests: [{annotations: {[key]: name}}]};
		const path = await archive({'oci-layout': '{}', './index.json': JSON.stringify(index), 'blobs/sha256/1': layer});
		expect(await readImageArchive(path)).toEqual({names: [name], format: 'oci', architecture: ''});
	});

	it.each<[string, () => Promise<string>, string, number]>([
		['is absent', async () => join(folder, 'absent.tar'), 'usage', 64],
		['is a folder', async () => folder, 'usage', 64],
		['holds something else', () => archive({'readme.md': 'hello'}), 'bad-data', 65],
		['is no archive', async () => join(import.meta.dirname, 'image-archive.test.ts'), 'bad-data', 65],
		[
			'is cut off',
			async () => {
				const path = join(folder, 'cut.tgz');
				writeFileSync(path, gzipSync(layer).subarray(0, 1000));
				return path;
			},
			'bad-data',
			65,
		],
	])('that %s is refused with what to do', async (_, make, code, exitCode) => {
		await expect(readImageArchive(await make())).rejects.toMatchObject({
			code,
			exitCode,
			hint: expect.stringContaining('docker save'),
		});
	});
});

describe('the name of an image', () => {
	it.each([
		['proxyv2', 'docker.io/library/proxyv2:latest'],
		['istio/proxyv2:1.31.0', 'docker.io/istio/proxyv2:1.31.0'],
		['index.docker.io/istio/proxyv2:1', 'docker.io/istio/proxyv2:1'],
		['registry.lab:5000/proxyv2', 'registry.lab:5000/proxyv2:latest'],
		['localhost/a/b@sha256:00', 'localhost/a/b@sha256:00'],
	])('%s is %s in full', (short, full) => {
		expect(fullImageName(short)).toBe(full);
	});
});
