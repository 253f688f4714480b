import {afterEach, describe, expect, it} from 'vitest';
import type {Check} from '../../source/diagnosis/finding.ts';
import type {ControllerOptions} from '../../source/terminal/cockpit.ts';
import type {Size} from '../helpers/screen.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {createFakeSession, type FakeOptions} from './fake-session.ts';
import {blocked, ways} from './some-ways.ts';

/* The matrix on a fake session, as a person sees it. */

let board: Shown | undefined;
afterEach(() => board?.close());

async function start(size: Size, options: FakeOptions = {}, more: Partial<ControllerOptions> = {}): Promise<Shown> {
	board = await show(size, createFakeSession(options), more);
	return board;
}
const small: Size = {columns: 80, rows: 24};

const open = ways.map(
	(way): Check =>
		way.id === 'gateway.istiod' ? {...way, outcome: 'passed', result: 'open', detail: 'TLSv1.3', ms: 20} : way,
);
/** Closed at first, open in the second round. */
const opened: FakeOptions = {
	ways: (_, round) => (round === 0 ? {checks: ways, findings: [blocked]} : {checks: open}),
};

async function tried(size: Size, options: FakeOptions = opened, more: Partial<ControllerOptions> = {}, seen = '15012') {
	const shown = await start(size, options, more);
	await shown.waitFor('details-vm');
	await shown.type('m');
	await shown.waitFor('Firewall matrix');
	while (shown.session.step());
	await shown.waitFor(seen);
	return shown;
}

describe('the matrix', () => {
	it.each<Size>([small, {columns: 120, rows: 40}, {columns: 200, rows: 60}, {columns: 60, rows: 20}])(
		'is whole at $columns×$rows',
		async (size) => {
			const {screen, type, waitFor} = await tried(size);
			await type('j');
			await waitFor(/▸.*10\.128\.0\.254 +15012 .*✗ no answer/);
			const text = screen.text();
			for (const way of ways) expect(text).toMatch(new RegExp(`${way.to} +${way.port} `));
			if (size.columns >= 80) for (const {why = ''} of ways) expect(text).toContain(` ${why} `);
			expect(text).toMatch(/from this machine.*from vm istio-proxy@.*from pod bookinfo\/client/s);
			expect(text).toContain('network.gateway-blocked');
			expect(screen.lines().at(-1)).toMatch(/r try again .*\? help/);
			expect(Math.max(...screen.lines().map((line) => line.length))).toBeLessThan(size.columns);
			if (size.columns === 120)
				expect(screen.lines().slice(1, 12)).toMatchInlineSnapshot(`
					[
					  "Firewall matrix  1 VM, 2 of 5 ways open",
					  "   TO             PORT  WHY                      RESULT              LATENCY LOSS",
					  "details-vm.bookinfo  2 of 5 open",
					  "  from this machine",
					  "   10.128.0.2       22  meshboard's own way      ● open                 3 ms",
					  "  from vm istio-proxy@10.128.0.2:22",
					  "▸  10.128.0.254  15012  xDS and certificates     ✗ no answer        10002 ms",
					  "   10.128.0.254  15443  requests to services     ▲ open                12 ms  1/3",
					  "   10.128.0.254   9411  tracing and access logs  ▲ refused              4 ms",
					  "  from pod bookinfo/client-5b8c7d9f6-2hxjw",
					  "   10.128.0.2     9080  requests to the app      ? refused              7 ms",
					]
				`);
		},
	);

	it('tells of the way under the cursor whose rule closes it, what shows that, and the rule to ask for', async () => {
		const {screen, type, waitFor} = await tried({columns: 120, rows: 40});
		await type('j');
		await waitFor('cause   network.gateway-blocked');
		expect(screen.text()).toContain("The VM's own firewall drops it.");
		expect(screen.text()).toContain('-A OUTPUT -p tcp --dport 15012 -j DROP');
		expect(screen.text()).toContain('$ sudo ufw allow out proto tcp to 10.128.0.254 port 15012');
		await type('jj');
		await waitFor('$ sudo ufw allow out 9411');
		expect(screen.text()).toContain('-A OUTPUT -p tcp --dport 9411 -j REJECT');
	});

	it('shows the rule as another tool takes it, keeps to that tool, and copies it', async () => {
		const copied: string[] = [];
		const {type, waitFor} = await tried({columns: 120, rows: 40}, opened, {copy: (text) => void copied.push(text)});
		await type('y');
		await waitFor('No rule is to be asked for here.');
		await type('j');
		await waitFor('[ufw]');
		await type('t');
		await waitFor('$ sudo nft insert rule');
		await type('t');
		await waitFor('$ gcloud compute');
		await type('jj');
		await waitFor('$ gcloud 9411');
		await type('y');
		await waitFor("Sent to the terminal's clipboard");
		expect(copied).toEqual(['gcloud 9411']);
	});

	it('tries again, marks what has changed, and shows it as it was while that is under way', async () => {
		const {screen, session, type, waitFor} = await tried(small);
		await type('j');
		await type('r');
		await waitFor('▶ running');
		expect(screen.text()).toContain('✗ no answer');
		await type('r');
		await waitFor('The ways are being tried.');
		while (session.step());
		await waitFor(/▸ \*10\.128\.0\.254 +15012 .*● open/);
		await waitFor('it was: ✗ no answer');
		expect(screen.text()).toMatch(/^ {3}10\.128\.0\.2 +22 /m);
		expect(session.calls).toEqual(['start details-vm.bookinfo', 'retry details-vm.bookinfo']);
	});

	it('watches until it is told not to, or left', async () => {
		const {session, type, waitFor} = await tried(small);
		await type('jw');
		await waitFor('▶ watching');
		await waitFor('▶ running');
		while (session.step());
		await waitFor('it was: ✗ no answer');
		const retries = () => session.calls.filter((call) => call.startsWith('retry')).length;
		await expect.poll(retries, {timeout: 5000}).toBe(2);
		await type('\x1b');
		await waitFor('PROXY');
		while (session.step());
		const calls = session.calls.length;
		await new Promise((resolve) => setTimeout(resolve, 2500));
		expect(session.calls).toHaveLength(calls);
	});

	it('shows several VMs, one below the other', async () => {
		const apart = {...opened, hostOf: (name: string) => `${name}.example.com`};
		const {screen, type, waitFor, session} = await start({columns: 100, rows: 40}, apart);
		await waitFor('details-vm');
		await type('  m');
		await waitFor('2 VMs');
		while (session.step());
		await waitFor('4 of 10 ways open');
		expect(screen.text()).toMatch(/details-vm\.bookinfo +2 of 5 open.*productpage-vm\.bookinfo +2 of 5 open/s);
	});

	it('says of VMs without ways why there are none', async () => {
		const {screen, type, waitFor} = await start(small, opened);
		await waitFor('details-vm');
		// All fake entries lead to one host.
		await type('  m');
		await waitFor(/▸ +details-vm\.bookinfo and productpage-vm\.bookinfo lead to the same VM/);
		await waitFor('cause   fleet.shared-vm');
		expect(screen.text()).not.toContain('LATENCY');
	});

	it('opens from a run on what that run has found', async () => {
		const {type, waitFor} = await tried(small);
		await type('\r');
		await waitFor('Try every way from both ends');
		await type('m');
		await waitFor('Firewall matrix');
		await waitFor('15012');
	});

	it('has the plan of listening and of a probe pod, and comes back with its consent', async () => {
		const {session, type, waitFor} = await tried(small);
		await type('P');
		await waitFor('can be checked');
		await type('\r');
		await waitFor('Firewall matrix');
		expect(session.calls.filter((call) => call.startsWith('start'))).toHaveLength(2);
	});

	it('gives the detail the whole screen where that is small', async () => {
		const {screen, type, waitFor} = await tried({columns: 60, rows: 20});
		await type('jz');
		await waitFor('VM to istiod');
		expect(screen.text()).not.toContain('PORT');
		await type('G');
		await waitFor(/OUTPUT -p tcp --dport\s+15012 -j DROP/);
		await type('\x1b');
		await waitFor('PORT');
	});

	it('gives the table what no detail needs', async () => {
		const checks = ways
			.slice(0, 1)
			.flatMap((way) => Array.from({length: 20}, (_, at) => ({...way, id: `${at}`, port: at})));
		const {screen} = await tried(small, {ways: () => ({checks})}, {}, '20 of 20 ways open');
		const rule = screen.lines().findIndex((line) => line.startsWith('──'));
		// All but the two lines that a way which is open takes.
		expect(rule, screen.text()).toBeGreaterThan(15);
	});

	it('takes the mouse: a click chooses a way, a second one shows its steps', async () => {
		const {screen, controller, settle} = await tried(small);
		const click = async (text: string) => {
			const row = screen.lines().findIndex((line) => line.includes(text));
			controller.point({kind: 'click', column: 10, row});
			await settle();
		};
		await click('15443');
		expect(screen.text()).toMatch(/▸.* 15443/);
		await click('xDS and certificates');
		expect(screen.text()).toMatch(/▸.* 15012/);
		// A heading is no way.
		await click('from vm istio-proxy');
		expect(screen.text()).toMatch(/▸.* 15012/);
		await click('xDS and certificates');
		await click('xDS and certificates');
		expect(screen.lines()[0]).toContain('› steps');
	});
});
