import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync, gzipSync} from 'node:zlib';
import {packTar, type TarHeader} from 'modern-tar';
import {afterAll, expect, test} from 'vitest';
import {packArchive} from '../../source/bundle/archive.ts';
import {unpack} from '../../source/files/unpack.ts';

/* Archives of strangers: read into memory whole, or refused with a clause; nothing is ever written. */

const folder = mkdtempSync(join(tmpdir(), 'unpack-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));
const limit = 1024 * 1024;
let count = 0;

async function unpackBytes(bytes: Uint8Array) {
	const path = join(folder, `${++count}.tgz`);
	writeFileSync(path, bytes);
	return unpack(path, limit);
}

const sound = [
	{path: 'manifest.json', mode: 0o600, content: '{}'},
	{path: `${'n'.repeat(200)}/facts.json`, mode: 0o600, content: '{"a": 1}'},
];

async function tarOf(...headers: ReadonlyArray<Partial<TarHeader> & {name: string}>) {
	return gzipSync(await packTar(headers.map((header) => ({header: {size: 0, ...header}, body: ''}))));
}

test('what is whole is read, squeezed or not', async () => {
	for (const level of [0, 9]) {
		const read = await unpackBytes(await packArchive(sound, level));
		if ('fault' in read) throw new Error(read.fault);
		expect([...read.files].map(([path, content]) => [path, String(Buffer.from(content))])).toEqual(
			sound.map(({path, content}) => [path, content]),
		);
	}
});

test.each<{title: string; bytes: () => Promise<Uint8Array>; says: RegExp}>([
	{title: 'no gzip', bytes: async () => Buffer.from('hello'), says: /cannot be unpacked \(incorrect header check\)/},
	{title: 'nothing', bytes: async () => Buffer.from(''), says: /cannot be unpacked/},
	{
		title: 'cut off',
		bytes: async () => (await packArchive(sound)).subarray(0, 900),
		says: /cannot be unpacked \(unexpected end of file\)/,
	},
	{
		title: 'cut off inside of the tar',
		bytes: async () => gzipSync(gunzipSync(await packArchive(sound)).subarray(0, 1024)),
		says: /its end is missing/,
	},
	{
		title: 'a byte that changed',
		bytes: async () => {
			const bytes = Buffer.from(await packArchive(sound));
			bytes[100] = (bytes[100] ?? 0) ^ 0xff;
			return bytes;
		},
		says: /cannot be unpacked \(incorrect data check\)/,
	},
	{title: 'no tar', bytes: async () => gzipSync('x'.repeat(512) + '\0'.repeat(1024)), says: /cannot be unpacked/},
	{
		title: 'much more than it looks',
		bytes: async () => gzipSync(Buffer.alloc(8 * limit)),
		says: /unpacks to more than 1048576 bytes/,
	},
	{title: 'too large', bytes: async () => Buffer.alloc(limit + 1), says: /is larger than 1048576 bytes/},
	{title: 'a way out', bytes: () => tarOf({name: '../../etc/cron.d/x'}), says: /is no plain name/},
	{title: 'an absolute name', bytes: () => tarOf({name: '/etc/passwd'}), says: /is no plain name/},
	{
		title: 'a link',
		bytes: () => tarOf({name: 'facts.json', type: 'symlink', linkname: '/etc/passwd'}),
		says: /is a symlink/,
	},
	{
		title: 'a hard link',
		bytes: () => tarOf({name: 'facts.json', type: 'link', linkname: '/etc/passwd'}),
		says: /is a link/,
	},
	{title: 'a device', bytes: () => tarOf({name: 'null', type: 'character-device'}), says: /is a character-device/},
	{title: 'the same name twice', bytes: () => tarOf({name: 'a'}, {name: 'a'}), says: /is there twice/},
])('$title is refused', async ({bytes, says}) => {
	expect(await unpackBytes(await bytes())).toEqual({fault: expect.stringMatching(says)});
});

test('what is not there, or no file, is told', async () => {
	expect(await unpack(join(folder, 'nothing.tgz'), limit)).toEqual({
		fault: 'it cannot be read (no such file or directory)',
	});
	expect(await unpack(folder, limit)).toMatchObject({fault: expect.stringContaining('cannot be read')});
});
