import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Place} from '../../../source/onboarding/action.ts';
import type {AsRoot} from '../../../source/onboarding/perform/exec.ts';
import {placeFiles} from '../../../source/onboarding/perform/place.ts';
import {uploadFile} from '../../../source/onboarding/perform/upload.ts';
import {localFile} from '../../../source/ssh/local-file.ts';

/* What a shell makes of the commands that put files into their places, in a folder of this machine instead of a VM's root. */

let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'meshboard-place-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const token = 'head.claims.signature';
const owner = userInfo().username;

/** Of the input only the first bytes arrive. */
function shell(arrives = Infinity): AsRoot & {readonly inputs: number[]} {
	const inputs: number[] = [];
	return {
		inputs,
		description: 'admin@vm',
		async exec(command, {input}) {
			const child = spawn('/bin/sh', ['-c', command.replaceAll('/run/meshboard', join(folder, 'run'))]);
			let stderr = '';
			child.stderr.on('data', (chunk: Buffer) => {
				stderr += chunk.toString();
			});
			child.stdin.on('error', () => undefined);
			const parts: Uint8Array[] = [];
			if (typeof input === 'string' || input instanceof Uint8Array) parts.push(Buffer.from(input));
			else if (input !== undefined) for await (const part of input) parts.push(part);
			inputs.push(parts.length);
			child.stdin.end(Buffer.concat(parts).subarray(0, arrives));
			const [code] = (await once(child, 'close')) as [number | null];
			return {code: code ?? undefined, ended: 'exited', stdout: '', stderr};
		},
	};
}

const placing = (): Place => ({
	kind: 'place',
	directories: [
		{path: join(folder, 'etc', 'certs'), mode: 0o755, owner},
		{path: join(folder, 'var', "it's"), mode: 0o700, owner},
	],
	files: [
		{path: join(folder, 'etc', 'certs', 'root-cert.pem'), mode: 0o644, owner, content: 'PEM ü\n'},
		{path: join(folder, 'var', "it's", 'token'), mode: 0o640, owner, content: {secret: 'token'}},
	],
	changes: true,
});
const stateOf = (path: string) => [readFileSync(path, 'utf8'), (statSync(path).mode & 0o777).toString(8)];

describe('files for their places', () => {
	it('are there, whole, with their modes, and nothing else is', async () => {
		await placeFiles(shell(), placing(), token);
		const [certificate, secret] = placing().files.map(({path}) => stateOf(path));
		expect(certificate).toEqual(['PEM ü\n', '644']);
		expect(secret).toEqual([token, '640']);
		expect(readdirSync(join(folder, 'etc', 'certs'))).toEqual(['root-cert.pem']);
		expect(readdirSync(join(folder, 'var', "it's"))).toEqual(['token']);
		expect(readdirSync(join(folder, 'run'))).toEqual([]);
		expect((statSync(join(folder, 'var', "it's")).mode & 0o777).toString(8)).toBe('700');
	});

	it.each([0, 3, 10])('are as before where only %i bytes arrive', async (bytes) => {
		mkdirSync(join(folder, 'etc', 'certs'), {recursive: true});
		const [file] = placing().files;
		writeFileSync(file?.path ?? '', 'old');
		await expect(placeFiles(shell(bytes), placing(), token)).rejects.toMatchObject({code: 'ssh.copy-failed'});
		expect(readFileSync(file?.path ?? '', 'utf8')).toBe('old');
		expect(readdirSync(join(folder, 'etc', 'certs'))).toEqual(['root-cert.pem']);
	});
});

describe('a large file', () => {
	const copying = () =>
		({kind: 'upload', from: join(folder, 'from.deb'), to: join(folder, 'cache', 'to.deb'), changes: true}) as const;
	const megabyte = 1024 * 1024;

	it('goes over in parts, tells how far it is, and is not sent again', async () => {
		writeFileSync(copying().from, Buffer.alloc(3 * megabyte, 'x'));
		const vm = shell();
		let told = '';
		const tell = (_: string, chunk: Uint8Array) => {
			told += Buffer.from(chunk).toString();
		};
		expect(await uploadFile(vm, copying(), localFile, tell, 60)).toEqual({sent: true, bytes: 3 * megabyte});
		expect(vm.inputs.at(-1)).toBeGreaterThan(10);
		expect(told).toMatch(/^0 of 3 MiB\n.*3 of 3 MiB\n$/s);
		expect(readFileSync(copying().to)).toEqual(readFileSync(copying().from));
		expect(await uploadFile(vm, copying(), localFile, tell, 60)).toEqual({sent: false, bytes: 3 * megabyte});
	});

	it('leaves nothing where it breaks off', async () => {
		writeFileSync(copying().from, 'whole');
		await expect(uploadFile(shell(3), copying(), localFile, () => undefined, 60)).rejects.toMatchObject({
			code: 'ssh.copy-failed',
		});
		expect(readdirSync(join(folder, 'cache'))).toEqual([]);
	});

	it('that is not there is told before anything is done', async () => {
		const vm = shell();
		await expect(uploadFile(vm, copying(), localFile, () => undefined, 60)).rejects.toMatchObject({
			code: 'usage',
			exitCode: 64,
		});
		expect(vm.inputs).toEqual([]);
	});
});
