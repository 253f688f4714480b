import {afterAll, beforeAll, expect, test} from 'vitest';
import {begun} from './begun.ts';
import {apply, closeNamespace, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* Preparation alone, of a pristine VM, by two people at once. One test builds on another. */

const name = 'prepare';
const target = `${name}.${name}`;
let alice: Meshboard;
let bob: Meshboard;

beforeAll(async () => {
	[alice, bob] = [newMeshboard(), newMeshboard()];
	await openNamespace(name);
	await apply(entryManifests({name, namespace: name, ip: await vm.up(name)}));
}, 120_000);

afterAll(async () => {
	for (const home of [alice, bob]) home.remove();
	await vm.down(name);
	await closeNamespace(name);
});

const locks = () => vm.exec(name, 'sh', '-c', 'ls -A /dev/shm | grep meshboard; true');

test('who comes while another is at work is told by whom the VM is held, and changes nothing', {
	timeout: 60_000,
}, async () => {
	const {child: first} = await begun(alice, ['prepare', target, '--yes'], 'prepare.docker', {USER: 'alice'});
	for (const words of [
		['prepare', target],
		['onboard', target, '--prepare'],
	]) {
		const {code, stdout} = await bob.run([...words, '--yes']);
		expect(code, stdout).toBe(1);
		expect(stdout).toMatch(new RegExp(`is held by alice@\\S+ \\(process ${first.pid}\\): prepare since 20\\S+Z`));
		expect(stdout).toMatch(/Try again when that run has ended/);
		expect(stdout).not.toContain('proxy.name-conflict');
	}
	// Killed in the middle of the installation, which goes on; its connection is gone, and with it the lock.
	first.kill('SIGKILL');
});

test('what a killed program left is taken over: its lock, and its installation, which is waited for', {
	timeout: 180_000,
}, async () => {
	const {code, stdout} = await bob.run(['prepare', target, '--yes'], {seconds: 170});
	expect(code, stdout).toBe(0);
	expect(stdout).toMatch(/Docker: missing → \d/);
	expect(
		await vm.exec(name, 'sh', '-c', 'grep -c "Commandline: apt-get install.*docker.io" /var/log/apt/history.log'),
	).toBe('1');
	expect(await locks()).toBe('');
});

test('a second time nothing is changed', {timeout: 60_000}, async () => {
	const {code, stdout} = await alice.run(['prepare', target, '--yes', '-o', 'ndjson']);
	expect(code, stdout).toBe(0);
	expect(stdout.match(/"event":"command"/g)).toHaveLength(1);
	expect(stdout).not.toContain('"changed":true');
	expect(await locks()).toBe('');
});
