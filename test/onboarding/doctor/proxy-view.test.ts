import {expect, it} from 'vitest';
import {pending} from '../../../source/diagnosis/facts.ts';
import {nothingYet} from '../../../source/onboarding/doctor/facts.ts';
import {mergeLogs} from '../../../source/onboarding/doctor/merge-logs.ts';
import {proxyView} from '../../../source/onboarding/doctor/proxy-view.ts';
import {nothingLive} from '../../../source/onboarding/perform/gather-live.ts';
import {istiodLinesAbout} from '../../../source/onboarding/perform/istiod-log.ts';
import {memoryCluster} from '../../helpers/memory-cluster.ts';
import {ok, spiffe, syncz} from '../verify/world.ts';
import {answer, contextOf, factsOf} from './sound.ts';

const counters = {clusters: ok({cluster_statuses: []}), stats: ok(''), routes: ok('')};
const live = {
	counters: {state: 'known', value: counters, ms: 1},
	istiodLog: {state: 'known', value: {lines: [], refused: ['istiod-b: forbidden']}, ms: 1},
} as const;

it('nothing is known before anything is answered', () => {
	const {log, ...seen} = proxyView(contextOf(), nothingYet, nothingLive);
	for (const one of Object.values(seen)) expect(one).toEqual(pending);
	expect(log).toEqual({lines: [], lacks: ['still being read']});
});

it('reads the facts of a sound proxy', () => {
	const view = proxyView(contextOf(), factsOf(), live);
	expect(view.readiness).toMatchObject({state: 'known', value: {state: 'ready', version: '1.40.0', connected: true}});
	expect(view.xds).toMatchObject({
		state: 'known',
		value: {pod: 'istiod-a', types: expect.arrayContaining([expect.objectContaining({type: 'CDS', state: 'synced'})])},
	});
	expect(view.certificate).toMatchObject({value: {id: spiffe, expiresAt: '2026-08-28T10:00:00Z'}});
	expect(view.listeners).toMatchObject({value: [expect.objectContaining({address: '10.128.0.77', port: 9080})]});
	expect(view.log.lacks).toEqual(["istiod's: istiod-b: forbidden"]);
});

it('what could not be had says why', () => {
	const facts = factsOf(
		{envoy: {certs: ok('', 500), listeners: {ok: false, text: 'connection refused'}}},
		{istiod: 'pods/portforward is forbidden', proxy: 'no channel'},
	);
	const view = proxyView(contextOf(), facts, live);
	expect(view.xds).toEqual({state: 'unknown', reason: 'pods/portforward is forbidden'});
	expect(view.certificate).toEqual({state: 'unknown', reason: 'it answers 500'});
	expect(view.listeners).toEqual({state: 'unknown', reason: 'connection refused'});
	expect(view.log.lacks[0]).toBe("the proxy's: no channel");
	const unlisted = factsOf({istiod: {syncz: answer(syncz({proxy: 'other.bookinfo'}))}});
	expect(proxyView(contextOf(), unlisted, live).xds).toMatchObject({reason: 'no istiod lists this proxy'});
});

it('merges two logs by time, and a line without one stays where it was', () => {
	const proxy = ['2026-11-27T12:00:00.000000Z\tinfo\ta', 'panic: no time', '2026-11-27T12:00:02.000000Z\tinfo\tb'];
	const istiod = [
		'2026-11-27T12:00:03.000000Z\tinfo\tads\tlast',
		'2026-11-27T12:00:01.000000Z\twarn\tads\tbetween',
		'2026-11-27T11:59:59.000000Z\tinfo\tads\tfirst',
	];
	expect(mergeLogs(proxy, istiod).map(({from, message}) => `${from} ${message}`)).toEqual([
		'istiod first',
		'proxy a',
		'proxy panic: no time',
		'istiod between',
		'proxy b',
		'istiod last',
	]);
});

it("takes those lines of istiod's log that are about this proxy", async () => {
	const lines = [
		'info ads ADS: new connection for node:ratings-vm.bookinfo-12',
		'info ads ADS: new connection for node:ratings-vm.bookinfo-eu-3',
		'info ads ADS: new connection for node:my-ratings-vm.bookinfo-4',
		'warn health 10.128.0.77:4000 refused',
		'warn health 10.128.0.771:4000 refused',
		'info ads "ratings-vm.bookinfo" disconnected.',
		'warn ca CSR of spiffe://cluster.local/ns/bookinfo/sa/bookinfo-ratings refused',
	];
	const cluster = {
		...memoryCluster([]),
		istiodLog: async () => [
			{pod: 'a', lines, reason: ''},
			{pod: 'b', lines: undefined, reason: 'forbidden'},
		],
	};
	const part = {kind: 'istiod-log', lines: 10, seconds: 60} as const;
	expect(await istiodLinesAbout(cluster, contextOf().target, part, new AbortController().signal)).toEqual({
		lines: [lines[0], lines[3], lines[5], lines[6]],
		refused: ['b: forbidden'],
	});
});
