import {type Fact, knownOf} from '../../diagnosis/facts.ts';
import {parseCerts, workloadCertificate} from '../../proxy/certs.ts';
import {type ClusterHealth, parseClusterHealth} from '../../proxy/cluster-health.ts';
import {type ProxyListener, parseListeners} from '../../proxy/listeners.ts';
import {parseReadiness, type Readiness} from '../../proxy/readiness.ts';
import {parseServerInfo} from '../../proxy/server-info.ts';
import type {SyncedType} from '../../proxy/syncz.ts';
import {updateTimes} from '../../proxy/update-times.ts';
import type {HttpAnswer} from '../action.ts';
import type {StepContext} from '../step.ts';
import {readListing} from '../steps/verify/istiod.ts';
import type {DoctorFacts} from './facts.ts';
import type {LiveFacts} from './live.ts';
import {type MergedLine, mergeLogs} from './merge-logs.ts';

/** What is seen of something: not answered yet, known, or not to be had for a reason. */
export type Seen<T> =
	| {readonly state: 'pending'}
	| {readonly state: 'known'; readonly value: T}
	| {readonly state: 'unknown'; readonly reason: string};

/** A type of configuration: what istiod sent and the proxy acknowledged; when the proxy took it over last, in ms since 1970. */
export type SeenType = SyncedType & {readonly updatedAt: number | undefined};

/** A proxy as it is now, for a person who watches it. */
export type ProxyView = {
	readonly readiness: Seen<Readiness & {readonly version: string; readonly connected: boolean | undefined}>;
	/** `pod`: the istiod that lists it. */
	readonly xds: Seen<{readonly pod: string; readonly types: readonly SeenType[]}>;
	/** Times are RFC 3339. */
	readonly certificate: Seen<{readonly id: string; readonly validFrom: string; readonly expiresAt: string}>;
	readonly listeners: Seen<readonly ProxyListener[]>;
	/** Those with trouble first, then those with traffic. */
	readonly clusters: Seen<readonly ClusterHealth[]>;
	/** `lacks`: whose lines are not among them, and why. */
	readonly log: {readonly lines: readonly MergedLine[]; readonly lacks: readonly string[]};
};

/** The facts about a proxy as a person reads them. Pure. */
export function proxyView({target}: StepContext, facts: DoctorFacts, live: LiveFacts): ProxyView {
	const {envoy} = facts;
	return {
		readiness: seen(envoy, ({ready, info, connected}) => {
			if (!ready.ok) return lacking(ready.text);
			const version = info.ok ? (parseServerInfo(info.body)?.version ?? '') : '';
			return having({...parseReadiness(ready.status, ready.body), version, connected});
		}),
		xds: seen(facts.istiod, ({syncz}) => {
			if (!syncz.done) return lacking(syncz.text);
			const {listed} = readListing(syncz.pods, target.ref);
			if (listed === undefined) return lacking('no istiod lists this proxy');
			const times = timesOf(live);
			const types = listed.proxy.types.map((type) => ({...type, updatedAt: times[type.type]}));
			return having({pod: listed.pod, types});
		}),
		certificate: seen(envoy, ({certs}) =>
			answered(certs, (body) => {
				const held = parseCerts(body);
				const own = held && workloadCertificate(held);
				if (own === undefined) return lacking('the proxy holds none yet');
				const id = own.names.find((name) => name.startsWith('spiffe://')) ?? '';
				return having({id, validFrom: own.validFrom, expiresAt: own.expiresAt});
			}),
		),
		listeners: seen(envoy, ({listeners}) => answered(listeners, (body) => having(parseListeners(body)))),
		clusters: seen(live.counters, ({clusters}) =>
			answered(clusters, (body) => {
				const rows = parseClusterHealth(body);
				return rows === undefined ? lacking('its answer cannot be read') : having(rows.toSorted(byTrouble));
			}),
		),
		log: logOf(facts, live),
	};
}

function seen<Known, T>(fact: Fact<Known>, read: (known: Known) => Seen<T>): Seen<T> {
	if (fact.state === 'known') return read(fact.value);
	return fact.state === 'pending' ? fact : lacking(fact.reason);
}

function answered<T>(answer: HttpAnswer, read: (body: string) => Seen<T>): Seen<T> {
	if (!answer.ok) return lacking(answer.text);
	return answer.status === 200 ? read(answer.body) : lacking(`it answers ${answer.status}`);
}

function having<T>(value: T): Seen<T> {
	return {state: 'known', value};
}

function lacking(reason: string): Seen<never> {
	return {state: 'unknown', reason};
}

function timesOf({counters}: LiveFacts): Readonly<Record<string, number>> {
	const known = knownOf(counters);
	const bodyOf = (answer: HttpAnswer | undefined) => (answer?.ok === true ? answer.body : '');
	return updateTimes({
		stats: bodyOf(known?.stats),
		routes: bodyOf(known?.routes),
	});
}

function byTrouble(a: ClusterHealth, b: ClusterHealth): number {
	const trouble = ({endpoints, healthy, errors, refused}: ClusterHealth) => endpoints - healthy + errors + refused;
	return trouble(b) - trouble(a) || b.requests - a.requests || (a.name < b.name ? -1 : 1);
}

function logOf({proxy}: DoctorFacts, {istiodLog}: LiveFacts): ProxyView['log'] {
	const istiod = knownOf(istiodLog);
	const reasons = [
		...(proxy.state === 'unknown' ? [`the proxy's: ${proxy.reason}`] : []),
		...(istiodLog.state === 'unknown' ? [`istiod's: ${istiodLog.reason}`] : []),
		...(istiod?.refused ?? []).map((reason) => `istiod's: ${reason}`),
	];
	const pending = proxy.state === 'pending' || istiodLog.state === 'pending' ? ['still being read'] : [];
	return {lines: mergeLogs(knownOf(proxy)?.log ?? [], istiod?.lines ?? []), lacks: [...reasons, ...pending]};
}
