import {afterEach, describe, expect, it} from 'vitest';
import {exitCodes, UserError} from '../../source/errors.ts';
import {bareObject} from '../../source/mesh/bare-object.ts';
import type {Size} from '../helpers/screen.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {createFakeSession, type FakeOptions} from './fake-session.ts';

let shown: Shown | undefined;
afterEach(() => {
	shown?.close();
	shown = undefined;
});

async function start(size: Size, options: FakeOptions = {}, more: Parameters<typeof show>[2] = {}): Promise<Shown> {
	shown = await show(size, createFakeSession(options), more);
	await shown.waitFor('details-vm');
	return shown;
}

const small: Size = {columns: 80, rows: 24};
const wide: Size = {columns: 120, rows: 40};
const sizes: readonly Size[] = [small, wide, {columns: 60, rows: 20}];

/** Fills in what an entry needs. */
async function fillEntry({type}: Shown): Promise<void> {
	for (const keys of ['c', '\r', 'new-vm\t\t', '10.128.0.9', '\t'.repeat(9), 'bookinfo-ratings\t', 'ratings'])
		await type(keys);
}

const refusal = (code: string, message: string) => async () => {
	throw new UserError({code, message, exitCode: exitCodes.badData, evidence: [{source: 'webhook', text: 'its words'}]});
};

describe.each(sizes)('at $columns×$rows', (size) => {
	it('makes an entry, shows what the server says, applies it, and stands on it', async () => {
		const board = await start(size);
		await fillEntry(board);
		await board.waitFor('can be checked');
		await board.type('\x13');
		await board.waitFor('would be created');
		expect(board.screen.text()).toMatch(/^\+ kind: WorkloadEntry$/m);
		expect(board.screen.text()).toMatch(/^\+ {3}address: 10\.128\.0\.9$/m);
		expect(board.session.calls.filter((call) => /^(check|apply)/.test(call))).toEqual([
			'check workloadentry/bookinfo/new-vm',
		]);
		await board.type('y');
		await board.waitFor('workloadentry/bookinfo/new-vm created');
		expect(board.session.calls.at(-1)).toBe('apply workloadentry/bookinfo/new-vm');
		// The list hears of it a moment later.
		const {rows} = board.session.fleet.getSnapshot();
		const [first] = rows;
		if (first === undefined) throw new Error('no row');
		const made = {...first, ref: 'new-vm.bookinfo', entry: {...first.entry, name: 'new-vm'}};
		board.session.fleet.set({rows: [...rows, made], state: {kind: 'live'}, complete: true});
		await board.waitFor(/▸ .*new-vm/);
		await board.type('o');
		await board.waitFor('new-vm.bookinfo');
		expect(board.screen.text()).toContain('Onboard 1 VM');
	});

	it('keeps the field with the cursor whole, with its question and its fault', async () => {
		const board = await start(size);
		await board.type('c\r');
		for (let field = 0; field < 19; field += 1) {
			const at = board.screen.lines().findIndex((line) => line.startsWith('▸ '));
			expect(at, `field ${field}`).toBeGreaterThan(0);
			expect(
				board.screen
					.lines()
					.slice(at, at + 4)
					.join(' '),
				`question of field ${field}`,
			).toContain('?');
			await board.type('\t');
		}
		// Round again, now with what is lacking told under its field.
		const lines = board.screen.lines();
		const at = lines.findIndex((line) => line.startsWith('▸ name'));
		expect(lines[at + 1]).toMatch(/^ {2}✗ is missing/);
	});

	it('says with an ellipsis what is cut', async () => {
		const board = await start(size);
		await board.type('c\r');
		await board.type('\t'.repeat(3));
		await board.type(`${'a'.repeat(70)}.example\t`);
		const line = board.screen.lines().find((text) => /^. instance-ip/.test(text)) ?? '';
		expect(line).not.toContain('example');
		expect(line.split('│')[0]?.trimEnd()).toMatch(/…$/);
	});
});

describe('the YAML', () => {
	it('stands beside the form from 100 columns on and follows each key', async () => {
		const {screen, type} = await start({columns: 100, rows: 30});
		await type('c\r');
		await type('x');
		expect(screen.text()).toMatch(/│ {3}name: x$/m);
		await type('y');
		expect(screen.text()).toMatch(/│ {3}name: xy$/m);
	});

	it('takes the screen by a key where there is no room for both', async () => {
		const {screen, type} = await start({columns: 99, rows: 30});
		await type('c\r');
		expect(screen.text()).not.toContain('apiVersion');
		await type('\x19');
		expect(screen.lines()[2]).toBe('apiVersion: networking.istio.io/v1');
		await type('\x1b');
		expect(screen.text()).toMatch(/^▸ name/m);
	});
});

describe('what breaks no rule', () => {
	it('is said where it matters: a taken address, a taken name, ports that need root', async () => {
		const board = await start(small);
		await board.type('c\r');
		await board.type('ratings-vm');
		expect(board.screen.text()).toContain('ratings-vm.bookinfo is there already: it would change');
		await board.type('2\t\t10.128.0.4');
		expect(board.screen.text()).toContain('ratings-vm.bookinfo has this address too');
		await board.type(`${'\t'.repeat(9)}nobody\tratings\x13`);
		await board.waitFor('would be created');
		expect(board.screen.lines()[2]).toMatch(/^! there is no service account nobody in bookinfo: kubectl create/);
	});
});

describe('the server', () => {
	it('refuses in its own words, and the form is as it was', async () => {
		const board = await start(small, {check: refusal('invalid', 'The webhook refuses it: no such network.')});
		await fillEntry(board);
		await board.type('\x13');
		await board.waitFor('no such network');
		expect(board.screen.text()).toContain('webhook: its words');
		await board.type('\x1b');
		expect(board.screen.text()).toMatch(/▸ app +ratings/);
	});

	it('lets fields be taken over that somebody else keeps, when that is agreed to', async () => {
		const board = await start(small, {
			async check(wish, force) {
				if (!force) return refusal('conflict', 'kubectl keeps spec.address.')();
				const after = bareObject(wish.object);
				const before = {...after, spec: {...(after.spec as object), address: '10.0.0.1'}};
				return {outcome: 'configured', before, after};
			},
		});
		await fillEntry(board);
		await board.type('\x13');
		await board.waitFor('Take over the fields');
		expect(board.screen.text()).toContain('kubectl keeps spec.address.');
		await board.type('y');
		await board.waitFor('would change');
		expect(board.screen.text()).toMatch(/^- {3}address: 10\.0\.0\.1$/m);
		expect(board.screen.text()).toMatch(/^\+ {3}address: 10\.128\.0\.9$/m);
		await board.type('y');
		await board.waitFor('configured');
		expect(board.session.calls.at(-1)).toBe('apply workloadentry/bookinfo/new-vm by force');
	});

	it('has it already: there is nothing to apply', async () => {
		const board = await start(small, {
			check: async ({object}) => ({outcome: 'unchanged', before: bareObject(object), after: bareObject(object)}),
		});
		await fillEntry(board);
		await board.type('\x13');
		await board.waitFor('is there, exactly like this');
		await board.type('y');
		expect(board.screen.lines().at(-1)).toBe('It is there already, exactly like this.');
		expect(board.session.calls.filter((call) => call.startsWith('apply'))).toEqual([]);
	});

	it('is not waited for after esc, and its late answer changes nothing', async () => {
		const late = Promise.withResolvers<never>();
		const board = await start(small, {check: () => late.promise});
		await fillEntry(board);
		await board.type('\x13');
		await board.waitFor('asking the server');
		await board.type('\x1b');
		late.reject(new Error('too late'));
		await board.settle();
		expect(board.screen.text()).toMatch(/▸ app +ratings/);
		expect(board.screen.text()).not.toContain('too late');
	});

	it('fails while it is applied: the form is not lost', async () => {
		const fault = new UserError({code: 'cluster.forbidden', message: 'You may not.', exitCode: exitCodes.notPermitted});
		const board = await start(small, {applyFault: fault});
		await fillEntry(board);
		await board.type('\x13');
		await board.waitFor('would be created');
		await board.type('y');
		await board.waitFor('You may not.');
		await board.type('\x1b');
		expect(board.screen.text()).toMatch(/▸ app +ratings/);
	});
});

describe('the VM', () => {
	it('fills in what it reports where nothing was said, and offers it', async () => {
		const board = await start(wide);
		await board.type('c\r');
		await board.type('new-vm\t\t\t\tvm.example\x12');
		await board.waitFor(
			'Filled in address, instance-ip, ports: admin@vm.example:22 reports 10.128.0.7 (eth0), ruby on 9080.',
		);
		expect(board.screen.text()).toMatch(/instance-ip +10\.128\.0\.7/);
		expect(board.screen.text()).toMatch(/ports +http=9080/);
		expect(board.screen.text()).toContain('ctrl+n chooses: 10.128.0.7 (eth0)');
	});
});
