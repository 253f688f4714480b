import {setTimeout as sleep} from 'node:timers/promises';
import {describe, test} from 'vitest';
import {takePicture} from './picture.ts';
import {startMeshboard} from './start-demo.ts';

const names = ['ratings-vm.bookinfo', 'reviews-vm.bookinfo', 'ledger-vm.payments', 'orders-vm.payments'];
const done = new RegExp(names.map((name) => `● done +${name}`).join('[^]*'));

describe.concurrent('the demo in a terminal', {timeout: 90_000}, () => {
	test('takes four VMs into the mesh at 120×40', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo'], {columns: 120, rows: 40});
		await demo.waitFor('● live');
		await demo.waitFor((text) => names.every((name) => text.includes(name.split('.')[0] ?? '')));
		await demo.waitFor('○ absent');

		// Pictures are of the program, without the tour.
		demo.type('T\x01o');
		const plan = await demo.waitFor('Onboard 4 VMs');
		await demo.waitFor('can be onboarded');
		expect(plan).toContain('p prepare yes');
		for (const part of ['(annotation sidecar-bootstrap.istio.io/ssh-host)', '(profile sshKey)', '(entry spec.address)'])
			expect(await demo.waitFor(part)).toContain(part);
		expect(await demo.waitFor(/\$ sudo .*apt-get update/)).toContain('Install and start Docker');
		await takePicture('plan', demo, {columns: 120, rows: 34});

		demo.type('\r');
		await demo.waitFor('4 running');
		await demo.waitFor('Selecting previously unselected package', 30_000);
		await demo.waitFor(/● done +orders-vm.payments/, 30_000);
		// Back to the list while the others are under way, and to the runs again.
		demo.type('\x1b');
		await demo.waitFor(/orders-vm .*● synced/, 15_000);
		await takePicture('fleet', demo, {columns: 120, rows: 26});
		demo.type('\t2');
		await demo.waitFor(/── reviews-vm.bookinfo/);
		await demo.waitFor('Verifying Checksum', 15_000);
		await takePicture('runs', demo, {columns: 120, rows: 32});

		await demo.waitFor(done, 30_000);
		demo.type('\r');
		await demo.waitFor('● done     prepare    Become root with the admin account');
		demo.type('G');
		await demo.waitFor('reviews.bookinfo:9080: 200 from the app');
		demo.type('\x1b[5~');
		await demo.waitFor(/Envoy [\d.]+ is live/);
		// The fleet, and the ways of all of them.
		demo.type('\x1b');
		await demo.waitFor('LAST LINE');
		demo.type('\x1b');
		await demo.waitFor('PROXY');
		demo.type('\x01m');
		await demo.waitFor(/4 VMs, (\d+) of \1 ways open/, 30_000);
		expect(await demo.waitFor(/from pod bookinfo\/client/)).toMatch(
			/10\.128\.0\.254 +15012 +xDS and certificates +● open/,
		);
		await takePicture('matrix', demo, {columns: 120, rows: 32});
		// While a check is under way it would ask first.
		await demo.waitFor((text) => !text.includes('running'));
		demo.type('q');
		expect((await demo.exited).exitCode).toBe(0);
		expect(demo.isRestored()).toBe(true);
		const summary = demo.screen.text();
		expect(summary).toMatch(done);
		expect(summary, 'logs that are gone').not.toContain('logs:');
		expect(demo.demo(), 'the folder of the demo').toBeUndefined();
	});

	test('cancels one VM of four at 80×24, and takes it up again', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo'], {columns: 80, rows: 24});
		await demo.waitFor('○ absent', 20_000);
		demo.type('\x01o');
		await demo.waitFor('can be onboarded');
		demo.type('\x06\x06');
		await demo.waitFor('apt-get update');
		demo.type('\r');
		await demo.waitFor(/▶ running +ledger-vm.payments +█*░+ +2\/20/, 15_000);
		demo.type('3x');
		await demo.waitFor('Cancel ledger-vm.payments?');
		demo.type('y');
		await demo.waitFor(/○ cancelled +ledger-vm.payments +█*░+ +2\/20/);
		// What runs on goes on; what was cancelled waits.
		await demo.waitFor(/● done +orders-vm.payments/, 15_000);
		expect(demo.screen.text()).toMatch(/○ cancelled +ledger-vm.payments/);
		demo.type('r');
		await demo.waitFor(done, 40_000);
		demo.type('\r');
		await demo.waitFor('attempt 2');
		demo.type('q');
		expect((await demo.exited).exitCode).toBe(0);
		expect(demo.isRestored()).toBe(true);
		expect(demo.screen.text()).toMatch(done);
	});

	test('tells what is wrong with a VM, and goes on when it is mended', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo'], {columns: 120, rows: 32});
		await demo.waitFor('○ absent', 20_000);
		// A colleague writes an address that the VM does not have.
		const entry = 'bookinfo/workloadentries/reviews-vm';
		await demo.patch(entry, {spec: {address: '10.128.0.33'}});
		await demo.waitFor('10.128.0.33');
		demo.type('Tjo');
		await demo.waitFor('can be onboarded');
		demo.type('\r');
		await demo.waitFor('1 failed', 20_000);
		expect(demo.screen.text()).toMatch(/✗ failed +reviews-vm.bookinfo +█*░+ check .*entry.instance-ip-not-local/);
		demo.type('\r');
		const steps = await demo.waitFor('✗ error entry.instance-ip-not-local');
		expect(steps).toContain('ip -o addr: lo 127.0.0.1');
		expect(steps).toMatch(/do: .*\n/);
		await takePicture('failure', demo, {columns: 120, rows: 32});
		await demo.patch(entry, {spec: {address: '10.128.0.3'}});
		demo.type('r');
		await demo.waitFor('1 done', 30_000);
		demo.type('gg');
		await demo.waitFor(/reviews-vm.bookinfo ● done/);
		demo.type('q');
		expect((await demo.exited).exitCode).toBe(0);
		expect(demo.isRestored()).toBe(true);
	});

	test('says why a proxy is stuck, what it does meanwhile, and that it is mended', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo'], {columns: 120, rows: 40});
		await demo.waitFor('○ absent', 20_000);
		demo.type('T/orders\r');
		await demo.waitFor('1 of 4');
		demo.type('d');
		await demo.waitFor('✗ error token.expired', 20_000);
		await demo.waitFor(/looked \d+s ago/, 30_000);
		const text = demo.screen.text();
		expect(text).toContain('orders-vm.payments  ✗ 1 error');
		expect(text).toContain('$ kubectl create token orders -n payments');
		expect(text).toMatch(/xDS +\? not known: no istiod lists this proxy/);
		expect(text).toMatch(/listeners +0\.0\.0\.0:15090/);
		await takePicture('doctor', demo, {columns: 120, rows: 40});
		demo.type('y');
		await demo.waitFor("Sent to the terminal's clipboard (OSC 52): kubectl create token");
		expect(demo.raw()).toContain(`\x1b]52;c;${Buffer.from('kubectl create token').toString('base64').slice(0, 20)}`);
		demo.type('\t\t\t');
		await demo.waitFor(/proxy +error citadelclient Failed to sign CSR/);
		// A new token, from the same sitting: the doctor looks again when it is opened again.
		demo.type('\x1b');
		await demo.waitFor(/✗ token\.expired \d+s/);
		demo.type('t');
		await demo.waitFor('can get a new token');
		demo.type('\r');
		await demo.waitFor('1 done', 30_000);
		demo.type('d');
		await demo.waitFor('orders-vm.payments  ● sound', 30_000);
		expect(demo.screen.text()).toContain('Nothing was found.');
		await demo.waitFor(/CDS +● sent and acknowledged/);
		demo.type('\t\t\t');
		await demo.waitFor(/istiod +info +ads ADS: new delta connection for node:orders-vm\.payments-\d/);
		demo.type('q');
		expect((await demo.exited).exitCode).toBe(0);
		expect(demo.isRestored()).toBe(true);
	});

	test('says that 30×8 is too small, and is of use at 60×20', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo'], {columns: 30, rows: 8});
		await demo.waitFor('too small');
		demo.resize({columns: 60, rows: 20});
		await demo.waitFor('○ absent', 20_000);
		for (const name of names) expect(demo.screen.text()).toContain(name.split('.')[0]);
		demo.type('o');
		await demo.waitFor('ratings-vm.bookinfo ● can be onboarded');
		demo.type('\x1b');
		await demo.waitFor('PROXY');
		demo.type('\x03');
		expect((await demo.exited).exitCode).toBe(130);
		expect(demo.isRestored()).toBe(true);
		expect(demo.demo()).toBeUndefined();
	});

	test.for([
		['SIGTERM', 143],
		['ctrl+c twice', 130],
	] as const)('leaves at %s in the middle of a run, and nothing behind', async ([how, code], context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo'], {columns: 80, rows: 24});
		await demo.waitFor('○ absent', 20_000);
		demo.type('\x01o');
		await demo.waitFor('can be onboarded');
		demo.type('\r');
		await demo.waitFor('4 running');
		if (how === 'SIGTERM') {
			process.kill(-demo.pid, 'SIGTERM');
		} else {
			demo.type('\x03');
			await demo.waitFor('ctrl+c once more leaves at once.');
			demo.type('\x03');
		}
		expect((await demo.exited).exitCode).toBe(code);
		expect(demo.isRestored()).toBe(true);
		expect(demo.screen.text()).toContain('broken off');
		expect(demo.screen.text(), 'what cannot be had').not.toContain('--resume');
		expect(demo.demo()).toBeUndefined();
	});

	test('opens from the menu where there is no cluster', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, [], {columns: 80, rows: 24});
		await demo.waitFor('There is no kubeconfig');
		await demo.waitFor('▸ try again');
		// One at a time: the menu takes what comes together for one key.
		for (const key of ['j', 'j', '\r']) {
			await sleep(50);
			demo.type(key);
		}
		await demo.waitFor('ratings-vm', 20_000);
		demo.type('q');
		expect((await demo.exited).exitCode).toBe(0);
		expect(demo.isRestored()).toBe(true);
	});
});
