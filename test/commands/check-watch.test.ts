import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {printChanges} from '../../source/commands/print-check.ts';
import type {Check} from '../../source/diagnosis/finding.ts';
import type {LintResult} from '../../source/diagnosis/lint-results.ts';
import {expectForm} from '../helpers/expect-form.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome, profiles, run} from './process.ts';

/* `check --watch`: of the built program on the sandbox, and what it tells between two rounds. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;
beforeAll(async () => {
	sandbox = await openSandbox();
	home = newHome(profiles(JSON.stringify({version: 1, profiles: {default: sandbox.profile}})));
});
afterAll(() => sandbox.close());

test('where all is open it ends with the first round', async () => {
	const {code, stdout} = await run(['check', 'orders-vm.payments', '--watch'], home);
	expect(code).toBe(0);
	expect(stdout.match(/can be onboarded/g)).toHaveLength(1);
});

test('what is closed is checked again until an interrupt', {timeout: 60_000}, async () => {
	const child = spawn(process.execPath, [cli, 'check', 'ratings-vm.bookinfo', '--watch', '-o', 'ndjson'], {
		env: {...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state')},
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let text = '';
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
	const ended = new Promise((resolve) => child.on('close', resolve));
	await expect.poll(() => text.match(/"event":"run\.finished"/g)?.length ?? 0, {timeout: 45_000}).toBeGreaterThan(1);
	expect(text.match(/"event":"run\.started"/g)).toHaveLength(1);
	child.kill('SIGINT');
	expect(await ended).toBe(130);
	expectForm(['check', '-o', 'ndjson'], text);
});

describe('between two rounds', () => {
	const istiod = (outcome: Check['outcome'], detail: string): Check => ({
		id: 'gateway.istiod',
		title: 'VM to istiod',
		outcome,
		detail,
		ms: 1,
	});
	const blocked = {
		id: 'network.gateway-blocked',
		severity: 'error',
		target: 'vm/10.128.0.2',
		summary: 'No answer.',
		evidence: [],
		remedy: {text: 'Open it.'},
	} as const;
	const closed = {target: 'a.b', healthy: false, findings: [blocked], checks: [istiod('failed', 'no answer')]} as const;
	const open = {target: 'a.b', healthy: true, findings: [], checks: [istiod('passed', 'connected')]} as const;
	const told = (before: LintResult, now: LintResult) => {
		const lines: string[] = [];
		printChanges(before, now, '2026-11-27T12:00:00Z', {write: (line) => void lines.push(line)});
		return lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));
	};

	test('what opens is told, and what that makes of the VM', () => {
		expect(told(closed, open)).toEqual([
			'a.b VM to istiod: ✗ failed → ✓ passed connected\n',
			'a.b: can be onboarded\n',
		]);
	});

	test('what closes is told with its finding', () => {
		expect(told(open, closed)).toEqual([
			'a.b VM to istiod: ✓ passed → ✗ failed no answer\n',
			'error network.gateway-blocked: No answer.\n',
			'  → Open it.\n',
			'a.b: 1 error\n',
		]);
	});

	test('what stays is not told again, though it took another time', () => {
		expect(told(closed, {...closed, checks: [{...istiod('failed', 'no answer'), ms: 7}]})).toEqual([]);
	});
});
