import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {RemoteHost} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {openSandbox} from './open-sandbox.ts';

describe('output of a VM of the sandbox', () => {
	let sandbox: Awaited<ReturnType<typeof openSandbox>>;
	let vm: RemoteHost;
	beforeAll(async () => {
		sandbox = await openSandbox({pace: 1});
		const {sshKey, knownHosts} = sandbox.profile;
		vm = await createConnector({env: {PATH: process.env['PATH']}, home: sandbox.directory}).connect(
			{
				host: '127.0.0.1',
				port: await sandbox.sshPort('ratings-vm', 'bookinfo'),
				user: 'admin',
				key: sshKey,
				hostKeys: 'accept-new',
				...(knownHosts === undefined ? {} : {knownHosts}),
			},
			{prompts: {ask: async () => undefined}},
		);
	});
	afterAll(async () => {
		vm?.close();
		await sandbox?.close();
	});

	it('comes line after line, while the command still runs, under sudo too', async () => {
		const times: number[] = [];
		const {code} = await vm.exec('sudo -n apt-get update', {onOutput: () => times.push(performance.now())});
		expect(code).toBe(0);
		expect(times.length).toBeGreaterThan(3);
		expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(100);
	});

	it.each([
		['commands one after the other', 'echo a; hostname; echo b', 'a\nratings\nb\n', ''],
		[
			'in loops and branches',
			'for i in 1 2; do if [ $i = 2 ]; then echo two; else echo one; fi; done; echo end',
			'one\ntwo\nend\n',
			'',
		],
		[
			'both streams',
			'echo out; echo err >&2; ls /none; echo last',
			'out\nlast\n',
			"err\nls: cannot access '/none': No such file or directory\n",
		],
		[
			'one stream into the other',
			'ls /none 2>&1; echo after',
			"ls: cannot access '/none': No such file or directory\nafter\n",
			'',
		],
		['a stream into a file', 'ls /none 2>/dev/null; echo $?; echo x >f; cat f', '2\nx\n', ''],
		['pipes and substitutions', 'echo b a | tr " " "\\n" | sort; x=$(echo in); echo "$x"', 'a\nb\nin\n', ''],
		['functions', 'f() { echo "in $1"; }; f one; f two', 'in one\nin two\n', ''],
		['scripts within scripts', 'echo 1; sh -c \'echo 2; sh -c "echo 3"\'; echo 4', '1\n2\n3\n4\n', ''],
		['what follows a failure', 'false || echo failed; true && echo went; ! false; echo $?', 'failed\nwent\n0\n', ''],
	])('keeps its order: %s', async (_, script, stdout, stderr) => {
		expect(await vm.exec(script)).toMatchObject({stdout, stderr});
	});
});
