import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {isFindingId} from '../../../source/diagnosis/catalogue.ts';
import type {HttpAnswer} from '../../../source/onboarding/action.ts';
import {examine} from '../../../source/onboarding/doctor/examine.ts';
import {logLines} from '../../../source/onboarding/steps/verify/proxy-log.ts';
import {parseBundleProbe} from '../../../source/vm/bundle-probe.ts';
import {parseInterception} from '../../../source/vm/interception/parse-interception.ts';
import {parseProbe} from '../../../source/vm/parse-probe.ts';
import {ran} from '../drive.ts';
import {ok} from '../verify/world.ts';
import {answer, connections, contextOf, factsOf, inspection, sound} from './sound.ts';

/* What a VM, an Envoy or an istiod says may be cut, mixed up, of another version, or no answer at all: none of it is an error of ours. */

const probe = readFileSync(new URL('../../vm/fixtures/probe-prepared.txt', import.meta.url), 'utf8');

/** Text that was sound: a part of it is missing, or something else stands there; or it never was. */
const spoilt = (text: string) =>
	fc.oneof(
		fc
			.tuple(fc.nat(text.length), fc.nat(text.length), fc.oneof(fc.constant(''), fc.string({unit: 'binary'})))
			.map(([a, b, other]) => text.slice(0, Math.min(a, b)) + other + text.slice(Math.max(a, b))),
		fc.json(),
		fc.string({unit: 'binary'}),
		fc.constant(text),
	);

/** JSON in which a value is of another kind than it should be. */
const mixed = (text: string) =>
	fc.oneof(
		spoilt(text),
		fc.tuple(fc.nat(200), fc.jsonValue()).map(([at, other]) => {
			let seen = 0;
			return JSON.stringify(JSON.parse(text), (_, value: unknown) => (seen++ === at ? other : value));
		}),
	);

const said = (body: HttpAnswer) =>
	mixed(body.ok ? body.body || '{}' : '{}').chain((text) =>
		fc.constantFrom(200, 200, 200, 404, 503, 0).map((status): HttpAnswer => ({ok: true, status, body: text})),
	);

const {envoy} = sound;
const istiods = sound.istiod;
const bodyOf = (asked: (typeof istiods)['syncz']) => (asked.done ? (asked.pods[0]?.body ?? '') : '');
const world = fc.record({
	vm: spoilt(probe),
	inspection: mixed(inspection().stdout),
	log: spoilt(
		'2026-08-27T10:00:00Z\twarn\txdsproxy\tupstream terminated\n{"level":"error","time":"x","msg":{}}\n[2020-01-01 00:00:00.000][1][warning][config] x',
	),
	bundle: spoilt('=token 0\n|state file\n=clock 0\n|1795494350\n'),
	rules: spoilt('=rules 0\n|-A PREROUTING -p tcp -j ISTIO_INBOUND\n=unit 0\n|name a\n'),
	ready: said(envoy.ready),
	info: said(envoy.info),
	certs: said(envoy.certs),
	listeners: said(envoy.listeners),
	refused: said(envoy.refused),
	clusters: said(ok({configs: [{cluster: {name: 'ledger'}}]})),
	secrets: said(ok({configs: [{name: 'default'}]})),
	syncz: mixed(bodyOf(istiods.syncz)),
	connections: mixed(connections(600, 900)),
	version: spoilt(bodyOf(istiods.version)),
});

test('garbage in any of it is no reason to fail, and no finding that nobody knows', () => {
	fc.assert(
		fc.property(world, ({vm, log, bundle, rules, ...given}) => {
			const context = contextOf();
			const said = parseBundleProbe(bundle);
			const facts = factsOf({
				vm: {vm: parseProbe(vm, {configDir: '/etc/istio-proxy', runtime: 'docker'})},
				proxy: {
					inspection: ran(given.inspection),
					log: logLines(log),
					bundle: said && {...said, rootIsCurrent: undefined},
				},
				rules: parseInterception(rules) ?? sound.rules,
				envoy: {
					ready: given.ready,
					info: given.info,
					certs: given.certs,
					listeners: given.listeners,
					refused: given.refused,
					warming: {clusters: given.clusters, secrets: given.secrets},
				},
				istiod: {
					syncz: answer(given.syncz),
					connections: answer(given.connections),
					version: answer(given.version),
				},
			});
			const {findings, checks} = examine(context, facts);
			expect(findings.filter(({id}) => !isFindingId(id))).toEqual([]);
			expect(checks.length).toBeGreaterThan(0);
		}),
		{numRuns: 400},
	);
});

test('what is sound stays sound by the same reading', () => {
	expect(examine(contextOf(), factsOf()).findings).toEqual([]);
});
