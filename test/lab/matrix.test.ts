import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Check, Finding} from '../../source/diagnosis/finding.ts';
import {
	apply,
	closeNamespace,
	eventually,
	gatewayAddress,
	kubectl,
	lab,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/*
 * The firewall matrix against real rules of iptables: what is closed, on the VM or between the networks, by a rule that drops or one that
 * rejects, is told as that, with whose rule it is; and nothing else is. `isolated` is in a network of its own, `shared` in the cluster's.
 */

const namespace = 'matrix';
const isolated = 'matrix-isolated';
const shared = 'matrix-shared';
/** On which the agent of the client's sidecar answers, behind a Service of the namespace. */
const podPort = 15_020;
/** The VMs are not prepared: they know no account of the proxy. */
const annotations = {'ssh-user': 'admin'};
const address = {[isolated]: '', [shared]: ''};
let meshboard: Meshboard;

beforeAll(async () => {
	meshboard = newMeshboard();
	[address[isolated], address[shared]] = await Promise.all([
		vm.up(isolated),
		vm.up(shared, {network: 'shared'}),
		openNamespace(namespace),
	]);
	await apply([
		...entryManifests({name: isolated, namespace, ip: address[isolated], annotations}),
		...entryManifests({name: shared, namespace, ip: address[shared], network: 'shared', annotations}),
		{
			apiVersion: 'v1',
			kind: 'Service',
			metadata: {name: 'client', namespace},
			spec: {selector: {app: 'client'}, ports: [{name: 'http', port: podPort}]},
		},
	]);
	// What stands for the proxy: on its inbound port, and on that of its health.
	await vm.app(isolated, 9080, address[isolated]);
	await vm.exec(isolated, 'sh', '-c', 'mkdir -p /srv/app/healthz && echo ready >/srv/app/healthz/ready');
	await vm.exec(isolated, 'systemd-run', '-q', 'busybox', 'httpd', '-f', '-p', '15021', '-h', '/srv/app');
});

afterAll(async () => {
	meshboard.remove();
	await lab('firewall clear');
	await Promise.all([vm.down(isolated), vm.down(shared), closeNamespace(namespace)]);
});

const loopback = (change: '-I' | '-D') => ['iptables', change, 'INPUT', '-i', 'lo', '-j', 'ACCEPT'];

async function check(name: string, ...words: readonly string[]) {
	const {stdout, stderr} = await meshboard.run(['check', `${name}.${namespace}`, '-o', 'json', ...words], {
		seconds: 90,
	});
	const [result] = (
		JSON.parse(stdout || '{}') as {results: ReadonlyArray<{checks: readonly Check[]; findings: readonly Finding[]}>}
	).results;
	if (result === undefined) throw new Error(stderr);
	const flows = result.checks.filter(({to}) => to !== undefined);
	return {
		/** `to:port` with how it went, of all that is not open. */
		closed: flows
			.filter(({outcome}) => outcome !== 'passed')
			.map(({to = '', port = 0, outcome}) => `${to}:${port} ${outcome}`),
		flows,
		found: result.findings.filter(({id}) => id.startsWith('network.')),
		whole: `${stdout}${stderr}`,
	};
}

describe('with every way open', () => {
	test('of a VM in a network of its own', async () => {
		const {flows, closed, found, whole} = await check(isolated);
		expect(closed, whole).toEqual([]);
		expect(found).toEqual([]);
		expect(flows.map(({to = '', port = ''}) => `${to}:${port}`)).toEqual(
			expect.arrayContaining([
				`${address[isolated]}:22`,
				`${gatewayAddress}:15012`,
				`${gatewayAddress}:15443`,
				`${gatewayAddress}:15021`,
				`${address[isolated]}:9080`,
				`${address[isolated]}:15021`,
				'registry.lab:5000',
				'istiod.istio-system.svc:',
			]),
		);
	});

	test("of a VM in the cluster's network, which also reaches pods", async () => {
		const {flows, closed, found, whole} = await check(shared);
		// Nothing listens there, and a refusal of nobody is not told from one of a rule.
		expect(closed, whole).toEqual([`${address[shared]}:9080 not-done`]);
		expect(found).toEqual([]);
		expect(flows.filter(({title}) => title.startsWith('VM to pods of matrix/client'))).toHaveLength(1);
	});
});

type Fault = {
	readonly way: string;
	readonly on: typeof isolated | typeof shared;
	readonly port: number;
	/** Where the packets go, for the firewall between the networks. */
	readonly between: readonly [string, string];
	readonly direction: 'in' | 'out';
	readonly outcome: Check['outcome'];
	readonly drop: string | undefined;
	readonly reject: string | undefined;
};

const toGateway = {on: isolated, between: ['isolated', 'gateway'], direction: 'out'} as const;
const toVm = {on: isolated, between: ['pods', 'isolated'], direction: 'in'} as const;
const faults: readonly Fault[] = [
	{
		...toGateway,
		way: 'istiod',
		port: 15_012,
		outcome: 'failed',
		drop: 'network.gateway-blocked',
		reject: 'network.gateway-refused',
	},
	{
		...toGateway,
		way: 'services',
		port: 15_443,
		outcome: 'failed',
		drop: 'network.gateway-blocked',
		reject: 'network.gateway-refused',
	},
	{...toGateway, way: "the gateway's health", port: 15_021, outcome: 'warning', drop: undefined, reject: undefined},
	{
		...toVm,
		way: 'the VM',
		port: 9080,
		outcome: 'failed',
		drop: 'network.vm-unreachable',
		reject: 'network.vm-unreachable',
	},
	{
		...toVm,
		way: "the proxy's health",
		port: 15_021,
		outcome: 'warning',
		drop: 'network.health-port-blocked',
		reject: 'network.health-port-blocked',
	},
	{
		way: 'pods',
		on: shared,
		port: podPort,
		between: ['shared', 'pods'],
		direction: 'out',
		outcome: 'failed',
		drop: 'network.pods-unreachable',
		reject: 'network.pods-unreachable',
	},
];

const cases = faults.flatMap((fault) =>
	(['drop', 'reject'] as const).flatMap((how) =>
		(['the VM', 'the network'] as const).map((owner) => ({...fault, how, owner})),
	),
);

describe('with one way closed', () => {
	test.each(cases)(
		'to $way, port $port: $owner would $how it',
		async ({on, port, between, direction, outcome, how, owner, ...ids}) => {
			const [from, to] = between;
			const ofVm = owner === 'the VM';
			await (ofVm ? vm.block(on, direction, port, how) : lab(`firewall ${how} ${from} ${to} ${port}`));
			// As every firewall of a machine does: what it closed for itself too would be no news.
			await vm.exec(on, ...loopback('-I'));
			try {
				const {closed, found, whole} = await check(on);
				const quiet = on === shared ? [`${address[shared]}:9080 not-done`] : [];
				expect(
					closed.filter((row) => !quiet.includes(row)),
					whole,
				).toEqual([expect.stringMatching(new RegExp(`:${port} ${outcome}$`))]);
				expect(found.map(({id}) => id)).toEqual([ids[how] ?? []].flat());
				for (const {remedy} of found) {
					const verb = how === 'drop' ? 'drops' : 'rejects';
					expect(remedy.text).toContain(
						ofVm ? `The VM's own firewall ${verb} it.` : "The VM's own rules let it pass: it is the network",
					);
					expect(remedy.text).toContain(`Allow TCP port ${port}`);
					expect(Object.keys(remedy.rules ?? {}).sort()).toEqual([
						'aws',
						'az',
						'firewalld',
						'gcloud',
						'nftables',
						'ufw',
					]);
				}
			} finally {
				await vm.exec(on, ...loopback('-D'));
				await (ofVm ? vm.unblock(on, direction, port, how) : lab(`firewall open ${from} ${to} ${port}`));
			}
		},
	);
});

test.each([
	['drop', 'drops'],
	['reject', 'rejects'],
])('a table of nftables on the VM that would %s it is perhaps why', async (how, verb) => {
	const rules = `add table inet site; add chain inet site one { type filter hook input priority 0; }; add rule inet site one tcp dport 9080 ${how}`;
	await vm.exec(isolated, 'nft', rules);
	try {
		const {found, whole} = await check(isolated);
		expect(
			found.map(({id}) => id),
			whole,
		).toEqual(['network.vm-unreachable']);
		expect(found[0]?.remedy.text).toContain(`The VM's own firewall perhaps ${verb} it.`);
	} finally {
		await vm.exec(isolated, 'nft', 'delete table inet site');
	}
});

describe("through the VM gateway of Tetrate's control plane", () => {
	const config = 'envoyAccessLogService: {address: "oap.istio-system:11800"}';
	beforeAll(async () => {
		await lab('tsb on');
		const change = JSON.stringify({spec: {meshExpansion: {}}});
		await kubectl('-n istio-system patch controlplane controlplane --type=merge -p', change);
		await kubectl(`-n ${namespace} annotate we ${isolated}`, `proxy.istio.io/config=${config}`);
		await eventually('vmgateway', 60, async () =>
			(await kubectl('-n istio-system get svc vmgateway -o jsonpath={.status.loadBalancer.ingress}')).includes('ip'),
		);
		await eventually('its ports', 60, async () => (await check(isolated)).closed.length === 0);
	});
	afterAll(async () => {
		await kubectl(`-n ${namespace} annotate we ${isolated} proxy.istio.io/config-`);
		await lab('tsb off');
	});

	test('istiod, tracing and access logs are tried on its ports', async () => {
		const {flows} = await check(isolated);
		const ends = flows.filter(({to}) => to === gatewayAddress).map(({port}) => port);
		expect(ends).toEqual([15_443, 9411, 11_800, 15_021]);
	});

	test.each(
		[9411, 11_800].flatMap((port) =>
			(['drop', 'reject'] as const).flatMap((how) =>
				(['the VM', 'the network'] as const).map((owner) => ({port, how, owner})),
			),
		),
	)('port $port is no more than a warning: $owner would $how it', async ({port, how, owner}) => {
		const ofVm = owner === 'the VM';
		await (ofVm ? vm.block(isolated, 'out', port, how) : lab(`firewall ${how} isolated gateway ${port}`));
		try {
			const {closed, found, whole} = await check(isolated);
			expect(closed, whole).toEqual([`${gatewayAddress}:${port} warning`]);
			expect(found).toEqual([]);
		} finally {
			await (ofVm ? vm.unblock(isolated, 'out', port, how) : lab(`firewall open isolated gateway ${port}`));
		}
	});
});

describe('where nothing listens yet', () => {
	const inbound = (flows: readonly Check[]) => flows.find(({id}) => id === 'inbound-9080')?.outcome;
	const sockets = () => vm.exec(shared, 'ss', '-ltnH');

	test('the way is open: meshboard listens for the moment, and leaves no listener behind', async () => {
		const before = await sockets();
		const {closed, found, whole} = await check(shared, '--yes');
		expect(closed, whole).toEqual([]);
		expect(found).toEqual([]);
		expect(await sockets()).toBe(before);
	});

	test.each(
		(['drop', 'reject'] as const).flatMap((how) => (['the VM', 'the network'] as const).map((owner) => ({how, owner}))),
	)('$owner would $how it', async ({how, owner}) => {
		const ofVm = owner === 'the VM';
		await (ofVm ? vm.block(shared, 'in', 9080, how) : lab(`firewall ${how} pods shared 9080`));
		try {
			const silent = await check(shared);
			// Without consent a refusal is no more than that.
			expect(inbound(silent.flows), silent.whole).toBe(how === 'drop' ? 'failed' : 'not-done');
			const {flows, found, whole} = await check(shared, '--yes');
			expect(inbound(flows), whole).toBe('failed');
			expect(found.map(({id}) => id)).toEqual(['network.vm-unreachable']);
			expect(found[0]?.remedy.text).toContain(ofVm ? "The VM's own firewall" : 'it is the network');
		} finally {
			await (ofVm ? vm.unblock(shared, 'in', 9080, how) : lab(`firewall open pods shared 9080`));
		}
	});
});
