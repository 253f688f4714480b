import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {afterAll, expect, test} from 'vitest';
import {packArchive} from '../../source/bundle/archive.ts';
import {type OfflineFile, offlineFiles} from '../../source/bundle/offline-files.ts';
import {UserError} from '../../source/errors.ts';
import {saveFolder} from '../../source/files/save-folder.ts';
import type {Target} from '../../source/mesh/target.ts';
import type {Write} from '../../source/onboarding/action.ts';
import {writeFiles} from '../../source/onboarding/perform/write.ts';
import {filesStep} from '../../source/onboarding/steps/bootstrap/files.ts';
import {scriptedHost} from '../helpers/scripted-host.ts';
import {targetNamed} from '../helpers/target.ts';

const folder = mkdtempSync(join(tmpdir(), 'archive-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));
let count = 0;

/** The contents of an archive, as the system's tar unpacks it. */
async function unpacked(files: readonly OfflineFile[]): Promise<string> {
	const into = join(folder, `unpacked-${++count}`);
	execFileSync('mkdir', ['-p', into]);
	writeFileSync(`${into}.tgz`, await packArchive(files));
	execFileSync('tar', ['-xf', `${into}.tgz`, '-C', into, '--no-same-owner']);
	return into;
}

test('the same files make the same bytes, whenever and wherever', async () => {
	const files = offlineFiles(targetNamed('ratings-vm', 'bookinfo'), 'head.payload.signature');
	const archive = Buffer.from(await packArchive(files));
	expect(archive.equals(Buffer.from(await packArchive(files)))).toBe(true);
	expect(createHash('sha256').update(archive).digest('hex')).toMatchInlineSnapshot(
		`"b4c4b0b0841cb6eaa61b817ad7dee48a06a1e7ebefd815336b87b15b855dbf08"`,
	);
});

test('the system’s tar reads it: names, modes, owner, and a name that is longer than a header', async () => {
	const long = 'v'.repeat(253);
	const files = [{path: `${'n'.repeat(63)}/${long}/etc/istio-token`, mode: 0o640, content: 'token'}];
	const into = await unpacked(files);
	expect(readFileSync(join(into, files[0]?.path ?? ''), 'utf8')).toBe('token');
	const bundle = await unpacked(offlineFiles(targetNamed('ratings-vm', 'bookinfo'), 'token'));
	const list = execFileSync('tar', ['--numeric-owner', '--full-time', '-tvf', `${bundle}.tgz`], {
		env: {...process.env, TZ: 'UTC'},
		encoding: 'utf8',
	});
	expect(list.split('\n').map((line) => line.replace(/ +\d+ (?=1980)/, ' '))).toEqual([
		'-rw-r--r-- 0/0 1980-01-01 00:00:00 etc/sidecar.env',
		'-rw-r--r-- 0/0 1980-01-01 00:00:00 etc/istio-ca.pem',
		'-rw-r----- 0/0 1980-01-01 00:00:00 etc/istio-token',
		'-rwxr-xr-x 0/0 1980-01-01 00:00:00 bin/start-istio-proxy.sh',
		'',
	]);
});

const nasty = fc.oneof(
	fc.string({unit: 'binary'}),
	fc.constantFrom('$(reboot)', "it's", '\u001b[31m', '\\n', '😀', '\ud800'),
);

test('whatever annotations and labels hold, folder, archive and VM get the same bytes, or none of them anything', async () => {
	const sound = targetNamed('ratings-vm', 'bookinfo');
	await fc.assert(
		fc.asyncProperty(
			fc.dictionary(fc.string(), nasty),
			fc.dictionary(fc.string(), nasty),
			nasty,
			async (annotations, labels, network) => {
				const marked = Object.entries(annotations).map(([key, value]) => [`istio.io/${key}`, value]);
				const target: Target = {
					...sound,
					entry: {...sound.entry, network, annotations: Object.fromEntries(marked), metadataLabels: labels},
				};
				let files: readonly OfflineFile[];
				try {
					files = offlineFiles(target, 'head.payload.signature');
				} catch (error) {
					expect(error).toBeInstanceOf(UserError);
					expect(() => filesStep.plan({target, facts: {}, options: onlyFiles})).toThrow(UserError);
					return;
				}
				const saved = join(folder, `saved-${++count}`);
				await (await saveFolder(saved)).save(files);
				const into = await unpacked(files);
				const sent = await onVm(target);
				for (const {path, mode, content} of files) {
					const bytes = readFileSync(join(saved, path));
					expect(bytes.equals(Buffer.from(content))).toBe(true);
					expect(readFileSync(join(into, path)).equals(bytes)).toBe(true);
					expect(statSync(join(saved, path)).mode & 0o777).toBe(mode);
					if (path.startsWith('etc/')) expect(sent[path.slice(4)]?.equals(bytes)).toBe(true);
				}
			},
		),
		{numRuns: 40},
	);
}, 60_000);

const onlyFiles = {task: 'bootstrap', prepare: false, force: false, profile: 'default', context: 'lab'} as const;

/** What the SSH way puts on a VM: its own command, run by the shell of this machine on the bytes that it sends. */
async function onVm(target: Target): Promise<Readonly<Record<string, Buffer>>> {
	const directory = join(folder, `vm-${++count}`);
	const [planned] = filesStep.plan({
		target: {...target, configDir: {value: directory, source: 'default'}},
		facts: {},
		options: onlyFiles,
	});
	const host = scriptedHost(() => ({}));
	const local = {
		...host,
		async exec(command: string, options: {input?: string | Uint8Array} = {}) {
			execFileSync('sh', ['-c', command], {input: options.input ?? ''});
			return {code: 0, ended: 'exited', stdout: '', stderr: ''} as const;
		},
	};
	const {written} = await writeFiles(local, planned as Write, 'head.payload.signature', new AbortController().signal);
	return Object.fromEntries(written.map((name) => [name, readFileSync(join(directory, name))]));
}
