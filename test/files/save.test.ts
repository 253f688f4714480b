import {execFileSync} from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, it, test} from 'vitest';
import {saveFile} from '../../source/files/save-file.ts';
import {saveFolder} from '../../source/files/save-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'save-'));
const small = join(folder, 'small');
mkdirSync(small);

/** A file system with room for 64 KiB; undefined where none may be mounted. */
function mountSmall(): string | undefined {
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small], {stdio: 'ignore'});
		return small;
	} catch {
		return undefined;
	}
}

const mounted = mountSmall();
afterAll(() => {
	if (mounted !== undefined) execFileSync('umount', [small]);
	rmSync(folder, {recursive: true, force: true});
});

const content = (size: number) => 'x'.repeat(size);
const full = {code: 'save', exitCode: 1, message: expect.stringMatching(/no room left.*Nothing of it was left behind/)};

describe.skipIf(mounted === undefined)('a disk that fills (skipped where no tmpfs may be mounted)', () => {
	it('leaves no archive, and the earlier one as it was', async () => {
		const path = join(small, 'bundle.tgz');
		writeFileSync(path, 'earlier');
		const {save} = await saveFile(path);
		await expect(save(Buffer.from(content(200_000)), 0o640)).rejects.toMatchObject(full);
		expect(readdirSync(small)).toEqual(['bundle.tgz']);
		expect(readFileSync(path, 'utf8')).toBe('earlier');
		rmSync(path);
	});

	it.each(['new/folder', '.'])('leaves nothing of a bundle in %s', async (name) => {
		const {save} = await saveFolder(join(small, name));
		const files = [
			{path: 'etc/sidecar.env', mode: 0o644, content: content(1000)},
			{path: 'etc/istio-token', mode: 0o640, content: content(200_000)},
		];
		await expect(save(files)).rejects.toMatchObject(full);
		expect(readdirSync(small)).toEqual([]);
	});

	it('that is a mount of its own is filled all the same when there is room', async () => {
		const {save} = await saveFolder(small);
		await save([{path: 'etc/istio-token', mode: 0o640, content: 'token'}]);
		expect(readdirSync(small, {recursive: true}).map(String).sort()).toEqual(['etc', 'etc/istio-token']);
		rmSync(join(small, 'etc'), {recursive: true});
	});
});

describe('a file', () => {
	it('replaces an earlier one, also behind a link, with its mode whatever the umask is', async () => {
		const [real, link] = [join(folder, 'real.tgz'), join(folder, 'link.tgz')];
		writeFileSync(real, 'earlier', {mode: 0o600});
		symlinkSync(real, link);
		const before = process.umask(0o077);
		try {
			await (await saveFile(link)).save(Buffer.from('new'), 0o640);
		} finally {
			process.umask(before);
		}
		expect(readFileSync(real, 'utf8')).toBe('new');
		expect(statSync(real).mode & 0o777).toBe(0o640);
	});

	it('below a file cannot be', async () => {
		writeFileSync(join(folder, 'a-file'), '');
		await expect(saveFile(join(folder, 'a-file', 'x.tgz'))).rejects.toMatchObject({
			code: 'save',
			message: expect.stringContaining('a part of the path is a file'),
		});
		await expect(saveFolder(join(folder, 'a-file'))).rejects.toMatchObject({code: 'save'});
	});
});

test.skipIf(process.getuid?.() === 0)(
	'a folder that is not ours to write is told (skipped for root, who may write anywhere)',
	async () => {
		const locked = join(folder, 'locked');
		mkdirSync(locked);
		chmodSync(locked, 0o500);
		const {save} = await saveFolder(join(locked, 'new'));
		await expect(save([{path: 'a', mode: 0o644, content: ''}])).rejects.toMatchObject({exitCode: 77});
		expect(existsSync(join(locked, 'new'))).toBe(false);
	},
);
