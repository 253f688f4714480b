import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {levelGuardCommand} from '../../source/vm/level-guard.ts';

/* The guard in real shells, with an agent that writes down what it is asked. */

let folder: string;
const asked = () => {
	try {
		return readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
	} catch {
		return [];
	}
};
const ends: Array<() => void> = [];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'guard-'));
	agent('echo "$*" >>"$0/../asked"'.replace('$0/../', `${folder}/`));
});
afterEach(() => {
	for (const end of ends.splice(0)) end();
	rmSync(folder, {recursive: true});
});

function agent(body: string) {
	writeFileSync(join(folder, 'agent'), `#!/bin/sh\n${body}\n`, {mode: 0o755});
}

function guard(shell: string, seconds: number) {
	const command = levelGuardCommand({
		ask: [join(folder, 'agent'), 'POST'],
		raise: 'logging?level=debug',
		putBack: ['logging?level=warning', 'logging?misc=error'],
		seconds,
	});
	const child = spawn(shell, ['-c', command], {stdio: ['pipe', 'pipe', 'ignore'], detached: true});
	let text = '';
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
	const code = new Promise((resolve) => child.on('close', resolve));
	ends.push(() => child.kill('SIGKILL'));
	return {child, said: () => text, code};
}

const back = ['POST logging?level=debug', 'POST logging?level=warning', 'POST logging?misc=error'];

describe.each(['dash', 'bash'])('in %s', (shell) => {
	it('puts the levels back when its input ends', async () => {
		const {child, said, code} = guard(shell, 100);
		await expect.poll(said).toBe('raised\n');
		expect(asked()).toEqual(back.slice(0, 1));
		child.stdin.end();
		expect(await code).toBe(0);
		expect(said()).toBe('raised\nput back\n');
		expect(asked()).toEqual(back);
	});

	it('also when nobody hears it any more', async () => {
		const {child, said} = guard(shell, 100);
		await expect.poll(said).toBe('raised\n');
		// As sshd leaves it: input at its end, output gone.
		child.stdout.destroy();
		child.stdin.end();
		await expect.poll(asked).toEqual(back);
	});

	it('after its time', async () => {
		const {said, code} = guard(shell, 1);
		await expect.poll(said).toBe('raised\n');
		expect(await code).toBe(0);
		expect(asked()).toEqual(back);
	});

	it.each(['SIGTERM', 'SIGHUP'] as const)('and outlives %s for long enough', async (signal) => {
		const {child, said} = guard(shell, 100);
		await expect.poll(said).toBe('raised\n');
		child.kill(signal);
		if (signal === 'SIGHUP') child.stdin.end();
		await expect.poll(asked).toEqual(back);
	});

	it('ends with 1 where they could not be raised, and leaves nothing behind', async () => {
		agent('exit 7');
		const {said, code} = guard(shell, 100);
		expect(await code).toBe(1);
		expect(said()).toBe('');
	});
});
