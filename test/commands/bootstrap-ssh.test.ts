import {afterAll, beforeAll, expect, test} from 'vitest';
import {refOf} from '../../source/mesh/workload-entry.ts';
import {stuckVm} from '../../source/sandbox/scenario.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {newHome, run} from './process.ts';

/* bootstrap over SSH, on the VMs of the sandbox: one is prepared, the others are not. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

const bootstrap = (...words: readonly string[]) => {
	const config = {version: 1, profiles: {default: sandbox.profile}};
	return run(['bootstrap', ...words], newHome({'config/meshboard/config.json': JSON.stringify(config)}));
};

test('of three targets one is done, though another cannot be reached and the third is not there', async () => {
	const targets = [refOf(stuckVm), 'ratings-vm.bookinfo', 'nobody.bookinfo'];
	const ended = await bootstrap(...targets, '--start-istio-proxy', '--yes', '--output', 'json');
	const {results} = JSON.parse(ended.stdout) as {
		results: Array<{
			target: string;
			outcome: string;
			findings: Array<{id: string}>;
			steps?: Array<{id: string; state: string}>;
		}>;
	};
	const by = (target: string | undefined) => results.find((result) => result.target === target);
	expect(by(targets[0])?.outcome, ended.stdout).toBe('succeeded');
	expect(by(targets[0])?.steps?.map(({id, state}) => [id, state])).toEqual([
		['bootstrap.read', 'succeeded'],
		['bootstrap.compare', 'succeeded'],
		['bootstrap.token', 'succeeded'],
		['bootstrap.files', 'succeeded'],
		['bootstrap.image', 'skipped'],
		['bootstrap.start', 'succeeded'],
	]);
	expect(by(targets[1])).toMatchObject({outcome: 'failed'});
	expect(by(targets[1])?.findings.map(({id}) => id)).toContain('ssh.auth-failed');
	expect(by(targets[2])).toMatchObject({outcome: 'failed', event: 'not-started', cause: 'entry.not-found'});
	expect(ended.code).toBe(1);
	expect(ended.stdout + ended.stderr).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
});

test('a second time nothing is done, and as text every target is summed up', async () => {
	const ended = await bootstrap(refOf(stuckVm), 'nobody.bookinfo', '--yes', '--ignore-host-keys');
	expect(ended.stdout).toContain('unchanged: files and token are as they should be');
	expect(ended.stdout).toMatch(/nobody\.bookinfo +failed +none +entry\.not-found/);
	expect(ended.stderr).toContain('warning: --ignore-host-keys');
	expect(ended.code).toBe(65);
});

test('without consent and a terminal nothing is changed', async () => {
	const ended = await bootstrap(refOf(stuckVm));
	expect(ended).toMatchObject({code: 64, stdout: ''});
	expect(ended.stderr).toContain('--yes');
});
