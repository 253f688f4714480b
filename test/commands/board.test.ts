import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startPty} from '../helpers/pty.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, expectTold, newHome, run} from './process.ts';

/* `meshboard TARGET`: the built program in a terminal, on the sandbox's API server. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

function open(words: readonly string[], columns: number, home = newHome()) {
	const env = {
		HOME: home,
		XDG_CONFIG_HOME: home,
		XDG_STATE_HOME: home,
		XDG_CACHE_HOME: home,
		SSH_CONNECTION: undefined,
	};
	const given = [cli, '--kubeconfig', sandbox.kubeconfig, ...words];
	return startPty(process.execPath, given, {columns, rows: 30, env});
}

test.concurrent('a narrow terminal opens at the detail of the entry, and esc is the list with it', async () => {
	const board = open(['orders-vm.payments'], 80);
	try {
		await board.waitFor(/NAMESPACE|orders-vm/, 20_000);
		const detail = await board.waitFor((text) => /orders-vm/.test(text) && !text.includes('ratings-vm'), 10_000);
		expect(detail).toContain('payments');
		board.type('\x1b');
		await board.waitFor(/▸ .*orders-vm/);
		board.type('q');
		expect((await board.exited).exitCode).toBe(0);
	} finally {
		await board.close();
	}
});

test.concurrent('a wide one selects it in the list, also beside the namespace that was named', async () => {
	const board = open(['orders-vm.payments', '-n', 'bookinfo'], 140);
	try {
		await board.waitFor(/▸ .*orders-vm/, 20_000);
		expect(board.screen.text()).toContain('ratings-vm');
	} finally {
		await board.close();
	}
});

test.concurrent('an entry that is not there is said so, over the list', async () => {
	const board = open(['nobody.payments'], 140);
	try {
		await board.waitFor('There is no WorkloadEntry nobody.payments', 20_000);
		await board.waitFor(/▸ .*ratings-vm/);
	} finally {
		await board.close();
	}
});

test.concurrent('profiles are shown as the file holds them, whoever writes it meanwhile', async () => {
	const file = (text: string) => ({'meshboard/config.json': text});
	const holding = (profiles: object) => JSON.stringify({version: 1, profiles});
	const home = newHome(file(holding({default: {sshPort: 2222}})));
	const path = join(home, 'meshboard', 'config.json');
	const board = open([], 100, home);
	try {
		await board.waitFor(/▸ .*vm/, 20_000);
		board.type('p');
		await board.waitFor('2222');
		writeFileSync(path, holding({default: {sshPort: 2022}, staging: {adminUser: 'ubuntu'}}));
		board.type('e');
		await board.waitFor(/sshPort +2022/);
		board.type('\x1b');
		await board.waitFor('staging');
		// Half written, by an editor.
		writeFileSync(path, '{"version": 1, "prof');
		board.type('j');
		await board.waitFor(/The profiles in .* cannot be used/);
		board.type('\x1b');
		await board.waitFor(/▸ .*vm/);
		board.type('q');
		expect((await board.exited).exitCode).toBe(0);
		expect(readFileSync(path, 'utf8')).toBe('{"version": 1, "prof');
	} finally {
		await board.close();
	}
});

test.concurrent.each([
	[['Orders_VM.payments'], /"Orders_VM\.payments" is not a target/, /needs a terminal|<entry>\.<namespace>/],
	[['orders-vm.payments', 'ledger-vm.payments'], /one word too many/, /meshboard onboard TARGET/],
	[['orders'], /no command "orders"/, /onboard/],
] as const)('%j is refused', async (words, says, next) => {
	expectTold(await run(words), {id: 'usage', code: 64, says, next});
});
