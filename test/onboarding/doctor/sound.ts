import {readFileSync} from 'node:fs';
import type {Target} from '../../../source/mesh/target.ts';
import type {IstiodAnswer} from '../../../source/onboarding/action.ts';
import type {DoctorFacts, FactName, Known} from '../../../source/onboarding/doctor/facts.ts';
import type {StepContext} from '../../../source/onboarding/step.ts';
import {parseProbe} from '../../../source/vm/parse-probe.ts';
import {targetNamed} from '../../helpers/target.ts';
import {ran} from '../drive.ts';
import {listeners, now, ok, options, service, spiffe, syncz, tokenOf} from '../verify/world.ts';

/* A VM whose proxy is in the mesh, as facts; a test changes what it is about. */

const probe = readFileSync(new URL('../../vm/fixtures/probe-prepared.txt', import.meta.url), 'utf8')
	.replace(
		'=containers 0\n',
		'=containers 0\n|"/istio-proxy" "docker.io/istio/proxyv2:1.31.0" "running" "unless-stopped" "host" "POD_NAME=ratings-vm" "POD_NAMESPACE=bookinfo"\n',
	)
	.replace('=listeners 0\n', '=listeners 0\n|LISTEN 0 128 10.128.0.77:9080 0.0.0.0:*\n');

export function contextOf(change: Partial<Target> = {}): StepContext {
	const target = targetNamed('ratings-vm', 'bookinfo', {
		services: [service()],
		instanceIp: {value: '10.128.0.77', source: 'entry'},
		...change,
	});
	const mesh = target.mesh && {...target.mesh, proxyConfig: {discoveryAddress: 'istiod.istio-system.svc:15012'}};
	return {target: {...target, mesh}, options: {...options, task: 'verify'}, facts: {serverTime: () => clock}};
}

export const inspection = (
	change: {state?: object; env?: readonly string[]; hosts?: readonly string[]; restarts?: number} = {},
) =>
	ran(
		JSON.stringify([
			{
				RestartCount: change.restarts ?? 0,
				State: {Status: 'running', ExitCode: 0, ...change.state},
				Config: {Env: change.env ?? ['POD_NAME=ratings-vm', 'POD_NAMESPACE=bookinfo']},
				HostConfig: {ExtraHosts: change.hosts ?? ['istiod.istio-system.svc:10.128.0.254']},
			},
		]),
	);

export const clock = 1795494350;

/** What one istiod says. */
export function answer(body: string): Extract<IstiodAnswer, {done: true}> {
	return {done: true, pods: [{pod: 'istiod-a', status: 200, body}]};
}

/** `/debug/connections` with streams of the proxy that are so many seconds old. */
export function connections(...ages: readonly number[]): string {
	const clients = ages.map((age, index) => ({
		connectionId: `ratings-vm.bookinfo-${index}`,
		connectedAt: new Date((clock - age) * 1000).toISOString(),
		address: `10.244.0.${index}:4000`,
	}));
	const other = {connectionId: 'ratings-vm.bookinfo-test-1', connectedAt: new Date(0).toISOString(), address: ''};
	return JSON.stringify({totalClients: clients.length + 1, clients: [...clients, other]});
}

const tried = {checks: [], findings: [], detail: ''};

/** A VM on which nothing is intercepted, as it should be. */
const noRules: Known['rules'] = {
	rules: [],
	refusal: '',
	trouble: '',
	version: 'iptables v1.8.9 (nf_tables)',
	settings: {},
	sshPorts: [22],
	active: '',
	listening: [22],
	bridge: true,
	containers: [],
	nameservers: [],
	lookup: undefined,
};

export const sound: Known = {
	vm: {
		vm: parseProbe(probe, {configDir: '/etc/istio-proxy', runtime: 'docker'}),
		serverTime: clock + 1,
	},
	proxy: {
		inspection: inspection(),
		unit: undefined,
		log: [],
		bundle: {
			token: 'file',
			payload: tokenOf({exp: now + 80_000}),
			root: 'file',
			rootIsCurrent: true,
			istiodAddresses: [],
			clock: now,
		},
	},
	envoy: {
		ready: ok(''),
		info: ok({version: 'x/1.40.0/Clean/RELEASE', node: {id: 'sidecar~10.128.0.77~ratings-vm.bookinfo~x'}}),
		certs: ok({
			certificates: [{cert_chain: [{subject_alt_names: [{uri: spiffe}], expiration_time: '2026-08-28T10:00:00Z'}]}],
		}),
		listeners: ok(listeners('10.128.0.77', 9080)),
		refused: ok({configs: []}),
		warming: {clusters: ok({}), secrets: ok({})},
		connected: true,
	},
	istiod: {
		syncz: answer(syncz({cluster_sent: 'a', cluster_acked: 'a'})),
		connections: answer(connections(600)),
		version: answer('1.31.2-abcdef-Clean'),
	},
	rules: noRules,
	reach: {addresses: [], clusters: undefined},
	gateway: tried,
	inbound: tried,
	health: tried,
	pods: tried,
	request: tried,
};

/** All of them known, but for those that are named with the reason why not. */
export function factsOf(
	change: {readonly [Name in FactName]?: Partial<Known[Name]>} = {},
	unknown: Partial<Record<FactName, string>> = {},
): DoctorFacts {
	const names = Object.keys(sound) as FactName[];
	return Object.fromEntries(
		names.map((name) => {
			const reason = unknown[name];
			if (reason !== undefined) return [name, {state: 'unknown', reason, ms: 5}];
			return [name, {state: 'known', value: {...sound[name], ...change[name]}, ms: 5}];
		}),
	);
}
