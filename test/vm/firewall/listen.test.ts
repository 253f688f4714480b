import {execFile} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {createServer, connect as dial} from 'node:net';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {promisify} from 'node:util';
import {afterEach, describe, expect, test} from 'vitest';
import {hushCommand, listenCommand, parseListening} from '../../../source/vm/firewall/listen.ts';

/* What is run on a VM, run here, with one program to listen with at a time: of nc each that there is. */

const address = '127.0.0.1';
const folders: string[] = [];
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, {recursive: true});
});

/** The system's own first: a wrapper of another kind would need more than itself. */
const pathOf = (program: string) =>
	['/usr/bin', '/bin', ...(process.env.PATH ?? '').split(delimiter)]
		.map((folder) => join(folder, program))
		.find((path) => existsSync(path));

/** Runs a command where there are no programs but these. `tool`: a program, with the name that it has there, `nc=ncat`. */
async function run(command: string, tool: string): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-listen-'));
	folders.push(folder);
	for (const program of ['sh', 'grep', 'sleep', 'timeout', tool]) {
		const [name = '', file = name] = program.split('=');
		const path = pathOf(file);
		if (path !== undefined) symlinkSync(path, join(folder, name));
	}
	const {stdout} = await promisify(execFile)('/bin/sh', ['-c', command], {env: {PATH: folder}});
	return stdout;
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, address);
	await new Promise((resolve) => server.once('listening', resolve));
	const {port} = server.address() as {port: number};
	await new Promise((resolve) => server.close(resolve));
	return port;
}

const answers = (port: number) =>
	new Promise<boolean>((resolve) => {
		const socket = dial(port, address);
		socket.once('connect', () => resolve(true));
		socket.once('error', () => resolve(false));
		socket.once('close', () => socket.destroy());
	});

async function eventuallyQuiet(port: number): Promise<boolean> {
	for (let attempt = 0; attempt < 50; attempt++) {
		if (!(await answers(port))) return true;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	return false;
}

const tools = ['python3', 'perl', 'socat', 'nc=nc.openbsd', 'nc=ncat'];

describe.each(tools)('with %s', (tool) => {
	const file = tool.split('=').at(-1) ?? '';
	const there = pathOf(file) !== undefined;
	const why = there ? '' : ` (skipped: there is no ${file} on this machine)`;

	test.skipIf(!there)(`it listens, again and again, until it is to end${why}`, async () => {
		const [first, second] = [await freePort(), await freePort()];
		const mark = `vm-${first}.test`;
		const seats = [first, second].map((port) => ({address, port}));
		try {
			expect(parseListening(await run(listenCommand(mark, seats), tool))).toEqual([first, second]);
			for (const port of [first, first, second]) expect(await answers(port)).toBe(true);
			// Another VM's is not ended.
			await run(hushCommand(`other-${mark}`), tool);
			await run(hushCommand(`vm-${first}`), tool);
			expect(await answers(first)).toBe(true);
		} finally {
			await run(hushCommand(mark), tool);
		}
		expect(await eventuallyQuiet(first)).toBe(true);
		expect(await eventuallyQuiet(second)).toBe(true);
	});

	test.skipIf(!there)(`a port that somebody has is left to them${why}`, async () => {
		const server = createServer().listen(0, address);
		await new Promise((resolve) => server.once('listening', resolve));
		const {port} = server.address() as {port: number};
		expect(parseListening(await run(listenCommand('taken.test', [{address, port}]), tool))).toEqual([]);
		server.close();
	});
});

test.each(['true', 'nc=nc.traditional', 'nc=busybox'])(
	'with %s, that is no program for it, nothing is claimed',
	async (tool) => {
		const port = await freePort();
		expect(await run(listenCommand('none.test', [{address, port}]), tool)).toBe('no tool\n');
		expect(await answers(port)).toBe(false);
	},
);
