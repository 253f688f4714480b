import {places} from '../../bundle/package/placed.ts';
import {knownOf} from '../../diagnosis/facts.ts';
import {istiodName} from '../../mesh/cluster-local.ts';
import {parseContainer} from '../../proxy/container.ts';
import {bundleProbeCommand, parseBundleProbe} from '../../vm/bundle-probe.ts';
import type {InterceptionFacts} from '../../vm/interception/parse-interception.ts';
import {parsePackageProbe} from '../../vm/package-probe.ts';
import {parseProbe} from '../../vm/parse-probe.ts';
import {probeCommand} from '../../vm/probe.ts';
import {type Http, type Istiod, type Procedure, perform, performAll} from '../action.ts';
import type {Step, StepContext} from '../step.ts';
import {containerInspection, look} from '../steps/bootstrap/on-vm.ts';
import {gatewayStepOf} from '../steps/check/gateway.ts';
import {inboundStepOf} from '../steps/check/inbound.ts';
import {tryHealth, tryPods} from '../steps/check/past-the-gateway.ts';
import {lookAtInterception} from '../steps/interception/look.ts';
import {certificateSums, trusts} from '../steps/package/compare.ts';
import {packageProbe} from '../steps/package/on-vm.ts';
import {lookAtReach} from '../steps/reach/look.ts';
import {readListing} from '../steps/verify/istiod.ts';
import {refusedListeners} from '../steps/verify/listener.ts';
import {logLines, readLog} from '../steps/verify/proxy-log.ts';
import {requestStepOf} from '../steps/verify/request.ts';
import {warmingClusters, warmingSecrets} from '../steps/verify/warming.ts';
import type {DoctorFacts, EnvoySeen, FactName, IstiodSeen, Known, ProxySeen, Tried, VmSeen} from './facts.ts';
import {logOfRun} from './log-of-run.ts';
import {silentEndpoints} from './rules/application.ts';

/** How a fact is asked for. Every one of them only looks; what it cannot have it throws as a `Missing`. */
export type Looks = {
	readonly [Name in FactName]: {
		/** Facts that are waited for, and what they must say: else a word why not. */
		readonly after?: {
			readonly facts: readonly FactName[];
			hinders(facts: DoctorFacts, context: StepContext): string | undefined;
		};
		look(context: StepContext): Procedure<Known[Name]>;
	};
};

/** A fact that is not to be had, for a reason that is no fault of the VM's. */
export class Missing extends Error {}

const logSize = 400;

/** Seconds that a way is tried: what has not answered then, while the rest of the VM did within a few round trips, drops packets. */
const wayPatience = 3;

/** A proxy that has been there for long needs no second chance but for what just changed. */
const requestPatience = {attempts: 2, pause: 1};

export const looks: Looks = {
	vm: {look: lookAtVm},
	proxy: {look: (context) => (isPackage(context) ? lookAtPackage(context) : lookAtContainer(context))},
	envoy: {look: askEnvoy},
	istiod: {look: askIstiod},
	rules: {look: lookAtRules},
	reach: {look: lookAtReach},
	gateway: {look: (context) => tried(gatewayStepOf(wayPatience), context)},
	inbound: {look: (context) => tried(inboundStepOf(wayPatience), context)},
	health: {after: {facts: ['envoy'], hinders: notReady}, look: (context) => tryHealth(context, wayPatience)},
	pods: {look: (context) => tryPods(context, wayPatience)},
	request: {
		after: {
			facts: ['envoy', 'vm'],
			hinders(facts, context) {
				const silent = silentEndpoints(context.target, knownOf(facts.vm)?.vm);
				// What comes of it is known before it is sent.
				const hopeless = silent.length > 0 && silent.length === context.target.ingress.length;
				return notReady(facts) ?? (hopeless ? 'the application does not listen, see app.not-listening' : undefined);
			},
		},
		look: (context) => tried(requestStepOf(requestPatience), context),
	},
};

/** Of a proxy that is not ready nothing that it does for others tells anything. */
function notReady({envoy}: DoctorFacts): string | undefined {
	const ready = knownOf(envoy)?.ready;
	if (ready === undefined) return 'the proxy could not be asked';
	return ready.ok && ready.status === 200 ? undefined : 'the proxy is not ready, so that this proves nothing';
}

function isPackage({target}: StepContext): boolean {
	return target.layout.value === 'package';
}

function* lookAtVm({target, facts}: StepContext): Procedure<VmSeen> {
	const asked = {configDir: target.configDir.value, runtime: target.runtime.value, image: target.image.value};
	const result = yield* perform(look(probeCommand(asked)));
	const vm = parseProbe(result.stdout, asked);
	if (vm.kernel === '') throw new Missing('its probe ended without an answer');
	return {vm, serverTime: facts.serverTime?.()};
}

function* lookAtContainer(context: StepContext): Procedure<ProxySeen> {
	const {target} = context;
	const {mesh} = target;
	const istiod = istiodName(mesh ?? {istioNamespace: 'istio-system', revision: ''});
	const [inspection, log, said] = yield* performAll(
		look(containerInspection(target)),
		readLog(context, logSize),
		look(bundleProbeCommand({configDir: target.configDir.value, istiod})),
	);
	const bundle = parseBundleProbe(said.stdout);
	const present = certificateSums(bundle?.rootCertificate ?? '');
	const rootIsCurrent = mesh === undefined || present.length === 0 ? undefined : trusts(mesh, present);
	return {
		inspection,
		unit: undefined,
		log: logOfRun(logLines(log.stdout), parseContainer(inspection.stdout), bundle?.clock ?? 0),
		bundle: bundle && {...bundle, rootIsCurrent},
	};
}

function* lookAtPackage(context: StepContext): Procedure<ProxySeen> {
	const {target} = context;
	const [log, probe] = yield* performAll(readLog(context, logSize), packageProbe(target));
	const found = parsePackageProbe(probe.stdout);
	if (found === undefined)
		return {inspection: undefined, unit: undefined, log: logLines(log.stdout), bundle: undefined};
	const {files, roots, tokenPayload, clock, hosts, unit} = found;
	const stateOf = (path: string) => (files[path] === undefined ? 'absent' : 'file');
	return {
		inspection: undefined,
		unit,
		log: logLines(log.stdout),
		bundle: {
			token: stateOf(places['istio-token']),
			payload: tokenPayload,
			root: stateOf(places['root-cert.pem']),
			rootIsCurrent: target.mesh === undefined || roots.length === 0 ? undefined : trusts(target.mesh, roots),
			istiodAddresses: hosts.map((line) => line.split(/\s+/)[0] ?? ''),
			clock,
		},
	};
}

const get = (port: number, path: string): Http => ({kind: 'http', port, path});
const connection = get(15000, '/stats?filter=^control_plane.connected_state$');

function* askEnvoy(): Procedure<EnvoySeen> {
	const [ready, info, certs, listeners, refused, clusters, secrets, stats] = yield* performAll(
		get(15021, '/healthz/ready'),
		get(15000, '/server_info'),
		get(15000, '/certs'),
		get(15000, '/listeners?format=json'),
		refusedListeners,
		warmingClusters,
		warmingSecrets,
		connection,
	);
	const stateOf = (answer: typeof stats) => (answer.ok ? /connected_state: (\d)/.exec(answer.body)?.[1] : undefined);
	let state = stateOf(stats);
	if (state === '0' && ready.ok && ready.status === 200) {
		// Every stream ends after half an hour by itself (istiod, keepaliveMaxServerConnectionAge) and is opened anew at once.
		yield* perform({kind: 'wait', seconds: 1, why: 'The proxy has no stream to istiod just now'});
		state = stateOf(yield* perform(connection));
	}
	const connected = state === undefined ? undefined : state === '1';
	return {ready, info, certs, listeners, refused, warming: {clusters, secrets}, connected};
}

/** A proxy may owe an answer for as long as this before it counts as stuck; in seconds. */
const patience = 30;

const ask = (path: string): Istiod => ({kind: 'istiod', path});

function* askIstiod({target}: StepContext): Procedure<IstiodSeen> {
	let [syncz, connections, version] = yield* performAll(
		ask('/debug/syncz'),
		ask('/debug/connections'),
		ask('/version'),
	);
	for (let waited = 0; ; waited += 2) {
		if (!syncz.done) throw new Missing(syncz.text);
		const {listed} = readListing(syncz.pods, target.ref);
		if (listed?.proxy.state !== 'stale' || waited >= patience) return {syncz, connections, version};
		yield* perform({kind: 'wait', seconds: 2, why: listed.proxy.detail});
		syncz = yield* perform(ask('/debug/syncz'));
	}
}

function* lookAtRules(context: StepContext): Procedure<InterceptionFacts> {
	const seen = yield* lookAtInterception(context);
	if (seen === undefined) throw new Missing('their probe ended without an answer');
	return seen;
}

/** A step of the checks or of the verification: it judges by itself what it finds. */
function* tried(step: Step, context: StepContext): Procedure<Tried> {
	const {checks = [], findings = [], detail} = yield* step.run(context);
	return {checks, findings, detail};
}
