import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Exec} from '../../../source/onboarding/action.ts';
import {createVmLock} from '../../../source/onboarding/perform/lock.ts';
import {createPerformer} from '../../../source/onboarding/perform/performer.ts';
import type {Connector, RemoteHost} from '../../../source/ports.ts';
import {createConnector} from '../../../source/ssh/connector.ts';
import {memoryCluster} from '../../helpers/memory-cluster.ts';
import {noProbes} from '../../helpers/no-probes.ts';
import {makeKey, noSshd, type Sshd, startSshd, temporaryFolder} from '../../helpers/sshd.ts';
import {targetNamed} from '../../helpers/target.ts';

/* Runs that meet on one VM, through a real sshd. */

let sshd: Sshd;
let key = '';
let home = '';
beforeAll(async () => {
	if (noSshd !== undefined) return;
	home = temporaryFolder();
	const made = makeKey(join(home, 'key'));
	key = made.path;
	// One session at a time, so that a lock that kept one would be in the way of all else.
	sshd = await startSshd({authorized: [made.publicLine], config: ['MaxSessions 1']});
});
afterAll(() => sshd?.stop());

const signal = new AbortController().signal;
const exec = (command: string, changes = true): Exec => ({kind: 'exec', as: 'user', command, changes});

/** The hands of one run; what it opens and runs is kept. */
function runOf(id: string, places: string) {
	const real = createConnector({env: {PATH: process.env.PATH}, home});
	const opened: RemoteHost[] = [];
	const ran: string[] = [];
	const connector: Connector = {
		...real,
		async connect(destination, options) {
			const host = await real.connect(destination, options);
			opened.push(host);
			return {
				...host,
				exec(command, more) {
					ran.push(command);
					return host.exec(command, more);
				},
			};
		},
	};
	const known = targetNamed('ratings-vm', 'bookinfo').ssh;
	const flag = <T>(value: T) => ({value, source: 'flag'}) as const;
	const target = targetNamed('ratings-vm', 'bookinfo', {
		ssh: {
			...known,
			host: flag(sshd.host),
			port: flag(sshd.port),
			user: flag(sshd.user),
			key: flag(key),
			hostKeys: flag('ignore'),
		},
		adminUser: flag(sshd.user),
	});
	const holder = {by: `${id}@desk`, pid: 4711, since: '2026-11-27T15:00:00Z', task: 'onboard'};
	const performer = createPerformer({
		cluster: memoryCluster([]),
		connector,
		lock: createVmLock(id, holder, [places]),
		prompts: {ask: async () => undefined},
		clock: {now: () => new Date(), sleep: () => Promise.resolve()},
		probes: noProbes,
		meshPods: async () => [],
		dialFrom: async () => undefined,
		resolve: () => Promise.resolve(target),
		localFile: () => Promise.reject(new Error('no file')),
		imageArchive: async () => ({names: [], format: 'docker', architecture: ''}),
		onSecret: () => undefined,
	});
	return {
		...performer,
		opened,
		ran,
		do: (command: string, changes = true) => performer.perform(exec(command, changes), target, () => undefined, signal),
	};
}

describe.skipIf(noSshd !== undefined)('two runs on one VM', () => {
	test('the second is told who is at work, and does nothing', async () => {
		const places = temporaryFolder();
		const [alice, bob] = [runOf('alice', places), runOf('bob', places)];
		expect(await alice.do('echo here', false)).toMatchObject({stdout: 'here\n'});
		const mark = join(places, 'changed');
		await expect(bob.do(`touch ${mark}`)).rejects.toMatchObject({
			code: 'vm-busy',
			message: expect.stringMatching(/is held by alice@desk \(process 4711\): onboard since 2026-11-27T15:00:00Z/),
			hint: expect.stringMatching(/sudo kill \d+/),
		});
		expect(readdirSync(places)).not.toContain('changed');
		// Nor does it look any further.
		await expect(bob.do('true', false)).rejects.toMatchObject({code: 'vm-busy'});
		await bob.close();
		await alice.do(`touch ${mark}`);
		await alice.close();
		expect(readdirSync(places)).toEqual(['changed']);
	});

	test('the lock takes one command, with the first, whatever else is done', async () => {
		const places = temporaryFolder();
		const run = runOf('alice', places);
		await run.do('true', false);
		expect(run.ran).toHaveLength(2);
		await run.do('true');
		await run.do('true', false);
		expect(run.ran).toHaveLength(4);
		await run.close();
		expect(readdirSync(places)).toEqual([]);
	});

	test('a new connection of the run, for new groups, does not give it away', async () => {
		const places = temporaryFolder();
		const [alice, bob] = [runOf('alice', places), runOf('bob', places)];
		await alice.do('true');
		alice.reconnect();
		await expect(bob.do('true')).rejects.toMatchObject({code: 'vm-busy'});
		await alice.do('true');
		await alice.close();
		await bob.close();
		for (const host of [...alice.opened, ...bob.opened]) expect(await host.closed).toBe('closed');
	});

	test('what a program left that was killed is taken over', async () => {
		const places = temporaryFolder();
		const [killed, next] = [runOf('killed', places), runOf('next', places)];
		await killed.do('true');
		for (const host of killed.opened) host.close();
		expect(readdirSync(places)).toHaveLength(1);
		expect(await next.do('echo mine')).toMatchObject({stdout: 'mine\n'});
		await next.close();
		expect(readdirSync(places)).toEqual([]);
	});

	test('of several at once one goes on', async () => {
		const places = temporaryFolder();
		const runs = Array.from({length: 4}, (_, index) => runOf(`run-${index}`, places));
		const ended = await Promise.allSettled(runs.map((run) => run.do('true')));
		expect(ended.filter(({status}) => status === 'fulfilled')).toHaveLength(1);
		await Promise.all(runs.map((run) => run.close()));
	});
});
