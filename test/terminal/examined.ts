import {finding} from '../../source/diagnosis/catalogue.ts';
import type {Examined} from '../../source/onboarding/doctor/examination.ts';
import {factNames} from '../../source/onboarding/doctor/facts.ts';
import type {MergedLine} from '../../source/onboarding/doctor/merge-logs.ts';
import type {ProxyView} from '../../source/onboarding/doctor/proxy-view.ts';

const states = (state: 'known' | 'pending' | 'unknown') =>
	Object.fromEntries(factNames.map((name) => [name, state])) as Examined['facts'];

const tokenOf = (ref: string) =>
	finding('token.expired', {
		target: `vm/${ref}`,
		evidence: [
			{source: '/etc/istio-proxy/istio-token', text: '{"aud":["istio-ca"],"exp":1795400000}'},
			{source: 'docker logs --tail 400 istio-proxy 2>&1', text: 'error sds failed to fetch token: 401 token expired'},
			{source: 'so also proxy.not-ready', text: 'The proxy is not ready.'},
		],
		values: {we: ref.split('.')[0] ?? '', ns: ref.split('.')[1] ?? '', sa: 'ratings'},
	});

const start = Date.parse('2026-11-27T12:00:00Z');
const line = (
	seconds: number,
	from: MergedLine['from'],
	level: MergedLine['level'],
	scope: string,
	message: string,
): MergedLine => ({from, at: start + seconds * 1000, level, scope, message});

/** What is seen of a proxy that istiod turns away. */
const stuckView: ProxyView = {
	readiness: {
		state: 'known',
		value: {state: 'no-config', text: 'config not received from XDS server', version: '1.36.2', connected: false},
	},
	xds: {state: 'unknown', reason: 'no istiod lists this proxy'},
	certificate: {state: 'unknown', reason: 'the proxy holds none yet'},
	listeners: {
		state: 'known',
		value: [
			{name: '0a7cee64-prometheus', address: '0.0.0.0', port: 15090},
			{name: '6a1d9ad2-health', address: '0.0.0.0', port: 15021},
		],
	},
	clusters: {state: 'pending'},
	log: {
		lines: [
			line(0, 'proxy', 'info', 'xdsproxy', 'Initializing with upstream address istiod.istio-system.svc:15012'),
			line(1, 'istiod', 'warn', 'security', 'Authentication failed: service account token has expired'),
			line(2, 'proxy', 'error', 'sds', 'failed to fetch token: 401 token expired'),
			line(3, 'proxy', '', '', 'panic: a line of no grammar'),
		],
		lacks: [],
	},
};

/** What is seen of a proxy in the mesh. */
export const soundView: ProxyView = {
	readiness: {state: 'known', value: {state: 'ready', text: 'ready', version: '1.36.2', connected: true}},
	xds: {
		state: 'known',
		value: {
			pod: 'istiod-1',
			types: [
				{type: 'CDS', state: 'synced', error: '', updatedAt: start},
				{type: 'LDS', state: 'stale', error: '', updatedAt: undefined},
				{type: 'RDS', state: 'not-sent', error: '', updatedAt: undefined},
			],
		},
	},
	certificate: {
		state: 'known',
		value: {
			id: 'spiffe://cluster.local/ns/bookinfo/sa/ratings',
			validFrom: '2026-11-27T11:00:00Z',
			expiresAt: '2226-11-28T11:00:00Z',
		},
	},
	listeners: {state: 'known', value: [{name: '10.128.0.2_9080', address: '10.128.0.2', port: 9080}]},
	clusters: {
		state: 'known',
		value: [
			{name: 'outbound|9080||details', endpoints: 3, healthy: 2, requests: 120, errors: 3, refused: 1},
			{name: 'inbound|9080||', endpoints: 1, healthy: 1, requests: 7, errors: 0, refused: 0},
		],
	},
	log: {lines: [], lacks: ["istiod's: pods/log is forbidden"]},
};

/** A proxy whose token has ended, wholly looked at. */
export function stuckProxy(ref: string, change: Partial<Examined> = {}): Examined {
	return {
		target: ref,
		done: true,
		facts: states('known'),
		findings: [tokenOf(ref)],
		explained: [],
		checks: [
			{id: 'doctor.vm', title: 'The VM', outcome: 'passed', detail: '', ms: 1},
			{
				id: 'doctor.request',
				title: 'A request from the mesh',
				outcome: 'not-done',
				detail: 'the proxy is not ready',
				ms: 1,
			},
		],
		seconds: 1,
		rounds: 1,
		lookedAt: Date.now(),
		news: [],
		view: stuckView,
		viewBefore: undefined,
		...change,
	};
}

/** A proxy of which nothing was found. */
export function soundProxy(ref: string, change: Partial<Examined> = {}): Examined {
	return stuckProxy(ref, {findings: [], checks: [], view: soundView, ...change});
}

/** One whose examination has just begun. */
export function newProxy(ref: string): Examined {
	const change = {done: false, facts: states('pending'), findings: [], checks: [], rounds: 0, lookedAt: undefined};
	return stuckProxy(ref, {...change, view: undefined});
}
