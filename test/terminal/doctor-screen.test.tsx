import {afterEach, describe, expect, it} from 'vitest';
import type {Size} from '../helpers/screen.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {newProxy, soundProxy, soundView, stuckProxy} from './examined.ts';
import {createFakeSession, type FakeOptions} from './fake-session.ts';
import {someRows} from './some-rows.ts';

let shown: Shown | undefined;
afterEach(() => {
	shown?.close();
	shown = undefined;
});

const copied: string[] = [];
const ref = someRows()[0]?.ref ?? '';

/** The doctor's screen on the first entry, or on those that are marked. */
async function open(size: Size, options: FakeOptions = {}, keys = 'd'): Promise<Shown> {
	copied.length = 0;
	shown = await show(size, createFakeSession(options), {copy: (text) => void copied.push(text)});
	await shown.waitFor(size.columns < 60 ? 'meshboard' : 'live');
	for (const key of keys) await shown.type(key);
	const {controller} = shown;
	if (controller.getSnapshot().ui.stack.includes('doctor'))
		await expect.poll(() => controller.getSnapshot().world.examined.size).toBeGreaterThan(0);
	await shown.settle();
	return shown;
}

const wide: Size = {columns: 120, rows: 40};
const sizes: readonly Size[] = [
	{columns: 80, rows: 24},
	wide,
	{columns: 200, rows: 60},
	{columns: 60, rows: 20},
	{columns: 40, rows: 10},
];

describe.each(sizes)('at $columns×$rows', (size) => {
	it.each([
		['a stuck proxy', stuckProxy, ''],
		['a sound one', soundProxy, ''],
		['one that is being looked at', newProxy, ''],
		['the log', stuckProxy, '\t\t\t'],
		['the proxy, zoomed', soundProxy, '\t\tz'],
		['the evidence, scrolled', stuckProxy, '\tjjG'],
	] as const)('%s fills the screen and nothing more', async (_, examined, keys) => {
		const {screen, type} = await open(size, {examined});
		for (const key of keys) await type(key);
		const lines = screen.lines();
		expect(screen.terminal.buffer.active.baseY, 'the screen scrolled').toBe(0);
		expect(lines).toHaveLength(size.rows);
		expect(lines[0]).toMatch(/^meshboard kind-lab/);
		expect(lines[1]).toContain(ref.slice(0, 10));
		expect(lines.at(-1), 'keys at the bottom').toMatch(/\S/);
		for (const line of lines) expect(line.length, line).toBeLessThan(size.columns);
		// Side by side, a part begins where it begins in every line: nothing of one runs into the other.
		const title = lines.findIndex((line) => line.includes('Causes') && line.includes('Evidence'));
		const at = title === -1 ? -1 : (lines[title]?.indexOf('─ Evidence') ?? 0) - 1;
		if (at > 0) for (const line of lines.slice(title, title + 5)) expect(line.slice(at - 2, at).trim(), line).toBe('');
	});
});

describe('what is told', () => {
	it('the cause with its evidence, the command that gets it, and what to do, which y copies', async () => {
		const {screen, type} = await open(wide);
		const text = screen.text();
		expect(text).toContain(`${ref}  ✗ 1 error`);
		expect(text).toContain('✗ error token.expired');
		expect(text).toContain('? 1 not checked');
		expect(text).toContain('$ docker logs --tail 400 istio-proxy 2>&1');
		expect(text, 'no token is shown').toContain('$ ls -l /etc/istio-proxy/istio-token');
		expect(text).toContain('$ kubectl create token');
		await type('y');
		expect(copied).toEqual([expect.stringMatching(/^kubectl create token ratings -n bookinfo/)]);
		expect(screen.text()).toContain("Sent to the terminal's clipboard (OSC 52): kubectl");
		// What was not checked has no command.
		await type('j');
		expect(screen.text()).toContain('A request from the mesh: the proxy is not ready');
		await type('y');
		expect(copied).toHaveLength(1);
		expect(screen.text()).toContain('There is no cause under the cursor.');
	});

	it('what is awaited, and what could not be had', async () => {
		const {screen, session, waitFor} = await open(wide, {examined: newProxy});
		expect(screen.text()).toContain('Looking at everything at once…');
		expect(screen.text()).toContain('awaiting: The VM, Container, log');
		session.become(ref, stuckProxy(ref));
		await waitFor(/clusters +· awaited/);
		expect(screen.text()).toMatch(/xDS +\? not known: no istiod lists this proxy/);
		expect(screen.text()).toMatch(/readiness +✗ not ready \(no-config\): config not received/);
	});

	it('the proxy: types with age, certificate, where it listens, endpoints and counts', async () => {
		const {screen} = await open(wide, {examined: soundProxy});
		const text = screen.text();
		expect(text).toContain('● sound');
		expect(text).toMatch(/readiness +● ready, Envoy 1\.36\.2, stream to istiod/);
		expect(text).toMatch(/CDS +● sent and acknowledged, taken over \w+ ago/);
		expect(text).toMatch(/LDS +▲ sent, not acknowledged/);
		expect(text).toMatch(/certificate +● \w+ left \(until 2226-11-28/);
		expect(text).toContain('spiffe://cluster.local/ns/bookinfo/sa/ratings');
		expect(text).toMatch(/listeners +10\.128\.0\.2:9080/);
		expect(text).toMatch(/outbound\|9080\|\|details {2}2\/3 healthy, 120 requests, 3 errors, 1 connection failed/);
	});

	it('marks what changed with the last round, once', async () => {
		const {screen, session, waitFor} = await open(wide, {examined: soundProxy});
		const found = stuckProxy(ref).findings[0];
		if (found === undefined) throw new Error('no finding');
		const gone = soundView.readiness;
		session.become(
			ref,
			stuckProxy(ref, {
				rounds: 2,
				news: [{event: 'finding', finding: found}],
				view: {...soundView, readiness: {state: 'unknown', reason: 'connection refused'}},
				viewBefore: soundView,
			}),
		);
		await waitFor(/token\.expired new /);
		expect(screen.text()).toMatch(/^\*readiness +\? not known: connection refused/m);
		expect(screen.text(), 'what did not change').toMatch(/^ certificate/m);
		session.become(
			ref,
			soundProxy(ref, {
				rounds: 3,
				news: [{event: 'withdrawn', finding: found}],
				view: {...soundView, readiness: gone},
				viewBefore: {...soundView, readiness: gone},
			}),
		);
		await waitFor('gone: token.expired');
		expect(screen.text()).not.toMatch(/^\*/m);
	});

	it('the log of both, by level, scope and text', async () => {
		const {screen, type} = await open(wide);
		await type('\t\t\t');
		expect(screen.text()).toMatch(/12:00:00 proxy +info +xdsproxy Initializing.*\n.*12:00:01 istiod +warn +security/);
		await type('l');
		await type('l');
		expect(screen.text()).toContain('warn and above: 3 of 4');
		expect(screen.text()).not.toContain('Initializing with');
		expect(screen.text(), 'a panic has no level').toContain('panic: a line of no grammar');
		await type('s');
		expect(screen.text()).toContain('scope sds: 1 of 4');
		for (const key of 'sss/') await type(key);
		await type('expired');
		await type('\r');
		expect(screen.text()).toMatch(/"expired": \d of 4/);
		expect(screen.text()).toContain('Authentication failed');
	});

	it('without the right to read istiod’s log, so', async () => {
		const {screen, type} = await open(wide, {examined: soundProxy});
		await type('\t\t\t');
		expect(screen.text()).toContain("without istiod's: pods/log is forbidden");
	});

	it('of several VMs the same cause once, and n goes to the next proxy', async () => {
		const {screen, session, type, waitFor} = await open(wide, {}, '   d');
		await waitFor('3 VMs  ✗ 3 errors');
		expect(screen.text().match(/error token\.expired \(3 VMs\)/g)).toHaveLength(1);
		expect(screen.text()).toContain('details-vm.bookinfo, productpage-vm.bookinfo, ratings-vm.bookinfo');
		expect(screen.text()).toMatch(/Proxy details-vm\.bookinfo/);
		await type('n');
		expect(screen.text()).toMatch(/Proxy productpage-vm\.bookinfo/);
		expect(session.calls.filter((call) => call.startsWith('examine'))).toHaveLength(3);
	});
});

describe('looking', () => {
	it('goes on while the screen is open, and ends with it; the fleet then tells what came of it', async () => {
		const {screen, session, type, waitFor} = await open({columns: 140, rows: 40});
		expect(session.calls).toEqual([`examine ${ref} and watch`]);
		await type('w');
		expect(session.calls).toEqual([`examine ${ref} and watch`, `leave ${ref}`, `examine ${ref}`]);
		await type('r');
		await type('\x1b');
		expect(session.calls.at(-1)).toBe(`leave ${ref}`);
		await waitFor('DOCTOR');
		expect(screen.text()).toMatch(/details-vm .*✗ token\.expired \d+s/);
		expect(screen.text(), 'nobody has asked of the others').toMatch(/ratings-vm .*rejected +- /);
	});

	it('is opened from a run that failed', async () => {
		const {type, session, waitFor} = await open(wide, {failing: [ref]}, 'o');
		await waitFor('can be onboarded');
		await type('\r');
		while (session.step());
		await waitFor('1 failed');
		await type('d');
		await waitFor('token.expired');
		expect(session.calls.at(-1)).toBe(`examine ${ref} and watch`);
		await type('\x1b');
		await waitFor('1 failed');
	});
});

describe('mending', () => {
	const fixable = (at: string) => {
		const stuck = stuckProxy(at);
		return {...stuck, findings: stuck.findings.map((found) => ({...found, fixable: true as const}))};
	};

	it('is planned for all that have the cause, started after consent, and seen afterwards', async () => {
		const {screen, session, type, waitFor} = await open(wide, {examined: fixable}, '  d');
		await waitFor('2 VMs  ✗ 2 errors');
		expect(screen.text()).toContain('f mends it: the plan is shown first');
		await type('f');
		await waitFor('Fix 2 VMs');
		expect(session.calls).toContain('plan to mend token.expired of details-vm.bookinfo');
		expect(session.calls).toContain('plan to mend token.expired of productpage-vm.bookinfo');
		expect(session.calls.filter((call) => call.startsWith('start'))).toEqual([]);
		await type('\r');
		await waitFor('2 running');
		expect(session.calls).toContain('start details-vm.bookinfo productpage-vm.bookinfo');
		expect(
			session.calls.filter((call) => call.startsWith('leave')),
			'it goes on looking',
		).toEqual([]);
		await type('\x1b');
		await waitFor('Evidence and remedy');
	});

	it('says so where meshboard cannot', async () => {
		const {screen, session, type} = await open(wide);
		expect(screen.text()).not.toContain('f mends it');
		await type('f');
		expect(screen.text()).toContain('meshboard cannot mend this itself: what to do is told.');
		expect(session.calls.filter((call) => call.startsWith('plan'))).toEqual([]);
	});

	it('tells that the cause is gone meanwhile', async () => {
		const {session, type, waitFor} = await open(wide, {examined: fixable});
		session.become(ref, soundProxy(ref));
		await type('f');
		await waitFor(/is not there any more|There is no cause/);
	});
});

describe('the log level', () => {
	it('is raised after the plan is agreed to, and put back by the key and by leaving', async () => {
		const {screen, session, type, waitFor} = await open(wide);
		await type('L');
		await waitFor("Raise the log level of details-vm.bookinfo's proxy to debug?");
		expect(screen.text()).toContain('Now: warning (45 loggers), misc error.');
		expect(screen.text()).toContain("'logging?level=debug'");
		await type('n');
		expect(session.calls.filter((call) => call.startsWith('raise'))).toEqual([]);
		await type('L');
		await waitFor('Raise the log level');
		await type('y');
		await waitFor(/log level debug for \w+/);
		await type('L');
		await waitFor('is as before');
		expect(screen.text()).not.toContain('log level debug for');
		await type('L');
		await waitFor('Raise the log level');
		await type('y');
		await waitFor(/log level debug for \w+/);
		await type('\x1b');
		await expect
			.poll(() => session.calls.filter((call) => /raise|put back/.test(call)))
			.toEqual([`raise ${ref}`, `put back ${ref}`, `raise ${ref}`, `put back ${ref}`]);
	});

	it('stays as it is in a read-only sitting', async () => {
		const {screen, type} = await open(wide, {profile: {readOnly: true}});
		await type('L');
		expect(screen.text()).toContain('Read-only: nothing on VMs or the cluster is changed.');
	});
});

it('takes the mouse: a click chooses a cause or a part, the wheel scrolls what it is over', async () => {
	const {screen, controller, settle} = await open(wide, {examined: stuckProxy});
	const at = async (kind: 'click' | 'wheel-down', text: string | RegExp) => {
		const row = screen.lines().findIndex((line) => line.search(text) !== -1);
		const column = Math.max(0, screen.lines()[row]?.search(text) ?? 0);
		controller.point({kind, column, row});
		await settle();
	};
	await at('click', '\\? 1 not checked');
	expect(screen.text()).toContain('A request from the mesh: the proxy is not ready');
	await at('click', 'error token.expired');
	expect(screen.text()).toContain('▸─ Causes');
	expect(screen.text()).toContain('Evidence and remedy token.expired');
	await at('click', 'Evidence and remedy');
	expect(screen.text()).toContain('▸─ Evidence');
	await at('wheel-down', '─ Proxy');
	expect(screen.text()).toContain('▸─ Proxy');
	await at('click', '─ Proxy');
	await at('click', '─ Proxy');
	expect(screen.text()).not.toContain('Evidence and remedy');
});

it('leaves to the evidence what the proxy does not fill, and drops keys that cannot be used before others', async () => {
	const {screen} = await open(wide, {examined: stuckProxy});
	const lines = screen.lines();
	expect(lines.find((line) => line.includes('Evidence and remedy'))).not.toContain('below');
	const proxy = lines.findIndex((line) => line.startsWith('── Proxy'));
	expect(lines.slice(proxy + 1, -1).filter((line) => line === '').length, screen.text()).toBeLessThan(3);
	const {screen: narrow} = await open({columns: 60, rows: 20}, {examined: stuckProxy});
	expect(narrow.text(), 'what to do is seen at once').toContain('$ kubectl create token');
	const {screen: small} = await open({columns: 80, rows: 24}, {examined: stuckProxy});
	expect(small.lines().at(-1)).toContain('r look again');
	expect(small.lines().at(-1), 'there is no other VM').not.toContain('next VM');
});
