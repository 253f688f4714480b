import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {newHome, profiles, run} from './process.ts';

/* `doctor --archive`, `--from` and `-o markdown` of the built program on the sandbox. */

const stuck = 'orders-vm.payments';
const pristine = 'reviews-vm.bookinfo';
const folder = mkdtempSync(join(tmpdir(), 'doctor-archive-'));
const file = join(folder, 'all.tgz');

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;
let live: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
	sandbox = await openSandbox();
	const config = {version: 1, current: 'default', profiles: {default: sandbox.profile}};
	home = newHome(profiles(JSON.stringify(config)));
	live = await run(['doctor', stuck, pristine, '-o', 'json', '--archive', file, '--read-only'], home);
}, 60_000);
afterAll(async () => {
	rmSync(folder, {recursive: true, force: true});
	await sandbox.close();
});

/** On a machine that has neither cluster nor key. */
const from = (...words: string[]) => run(['doctor', '--from', ...words], newHome());
const unpacked = (...words: string[]) => execFileSync('tar', ['-xzOf', file, ...words], {encoding: 'utf8'});

describe('an archive', () => {
	test('is saved for its owner alone, and says on another machine what was seen here', async () => {
		expect(live.code).toBe(79);
		expect(live.stderr).toMatch(/all\.tgz written: \d+ files, \d+ not to be had/);
		expect(statSync(file).mode & 0o777).toBe(0o600);
		const again = await from(file, '-o', 'json');
		expect(again.stderr).toBe('');
		expect(JSON.parse(again.stdout)).toEqual(JSON.parse(live.stdout));
		expect(again.code).toBe(79);
	});

	test('holds logs and dumps with what they are, and nothing secret', async () => {
		const manifest = JSON.parse(unpacked('manifest.json')) as {
			files: ReadonlyArray<{path: string; source: string}>;
			missing: ReadonlyArray<{path: string; reason: string}>;
		};
		const paths = manifest.files.map(({path}) => path);
		for (const name of ['proxy.log', 'facts.json', 'envoy/config_dump.json', 'envoy/server_info.json'])
			expect(paths).toContain(`${stuck}/${name}`);
		expect(paths.some((path) => /^orders-vm\.payments\/istiod\/[\w-]+\/syncz\.json$/.test(path))).toBe(true);
		const gaps = manifest.missing.filter(({path}) => path.startsWith(`${pristine}/`));
		expect(gaps.map(({reason}) => reason)).toContain('not done, see ssh.auth-failed');
		expect(unpacked(`${stuck}/proxy.log`)).toMatch(/request authenticate failure/);
		expect(unpacked()).not.toMatch(/eyJ|PRIVATE KEY/);
	});

	test('tells of one target, as text, ndjson or report', async () => {
		const text = await from(file, stuck);
		expect(text.stdout).toMatch(/^orders-vm\.payments: 1 error, .*\n\nerror token\.expired: /);
		expect(await from(file, 'nobody.bookinfo')).toMatchObject({
			code: 64,
			stderr: expect.stringContaining('orders-vm.payments'),
		});
		const events = (await from(file, stuck, '-o', 'ndjson')).stdout.trimEnd().split('\n');
		expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({event: 'doctor.finished', target: stuck, healthy: false});
		const report = await from(file, '-o', 'markdown');
		// `report.md` is the same text, made when the archive was.
		expect(report.stdout).toBe(unpacked('report.md'));
		expect(report.stdout).toContain('#### 1. error `token.expired`');
	});

	test('that is damaged, hostile, or not there is one clear sentence, 65', async () => {
		const bytes = readFileSync(file);
		const broken = (name: string, content: Uint8Array) => {
			writeFileSync(join(folder, name), content);
			return join(folder, name);
		};
		symlinkSync('/etc/passwd', join(folder, 'facts.json'));
		execFileSync('tar', ['-czf', join(folder, 'link.tgz'), '-C', folder, 'facts.json']);
		for (const path of [
			broken('cut.tgz', bytes.subarray(0, bytes.length / 2)),
			broken('noise.tgz', Buffer.from('noise')),
			join(folder, 'link.tgz'),
			join(folder, 'none.tgz'),
		]) {
			const {code, stdout, stderr} = await from(path);
			expect(stdout).toBe('');
			expect(stderr.split('\n')[0]).toMatch(/^meshboard: .*\.tgz is no whole archive of meshboard doctor: .*\.$/);
			expect(code).toBe(65);
		}
	});

	test('does not go with what asks a cluster', async () => {
		expect(await from(file, '-A')).toMatchObject({code: 64});
		expect(await from(file, '--archive', file)).toMatchObject({code: 64});
	});
});
