import {knownOf} from '../../../diagnosis/facts.ts';
import {parseCerts, workloadCertificate} from '../../../proxy/certs.ts';
import {parseContainer} from '../../../proxy/container.ts';
import {parseListeners} from '../../../proxy/listeners.ts';
import {parseServerInfo} from '../../../proxy/server-info.ts';
import type {StepContext} from '../../step.ts';
import {type Verdict, verdict} from '../../steps/check/verdict.ts';
import {judgeCertificate} from '../../steps/verify/certificate.ts';
import {explainSeen} from '../../steps/verify/explain-proxy.ts';
import {explainMissing, listenerCheck, serves, wantedListeners} from '../../steps/verify/listener.ts';
import {foreignProxy, stateOfProxy} from '../../steps/verify/ready.ts';
import {orWarming} from '../../steps/verify/warming.ts';
import type {EnvoySeen, ProxySeen} from '../facts.ts';
import type {DoctorRule} from './rule.ts';

/** The proxy by its own endpoints: is it ready, has it a stream to istiod, whose certificate has it, and does it listen? */
export const readyRule: DoctorRule = (context, facts) => {
	const envoy = knownOf(facts.envoy);
	// Its words are in the log: without them nothing is said of a proxy that is not ready.
	const proxy = knownOf(facts.proxy);
	if (envoy === undefined || proxy === undefined || isDown(proxy)) return [];
	const foreign = foreignProxy(context, envoy.info);
	if (foreign !== undefined) return [verdict('doctor.ready', 'Proxy', 'failed', foreign.summary, [foreign])];
	const {ready, text} = stateOfProxy(envoy.ready, envoy.info);
	if (!ready) {
		const found = orWarming(context, explainSeen(context, seenOf(proxy), [text], 'proxy.not-ready'), envoy.warming);
		const stands = verdict('doctor.ready', 'Proxy', 'failed', found.summary, [found]);
		// An agent that hangs says nothing, neither that it is ready nor that it renews nothing.
		return found.id === 'proxy.not-ready' && holdsCertificate(envoy)
			? [stands, ...certificateVerdicts(context, envoy, proxy)]
			: [stands];
	}
	return [
		...connectionVerdicts(context, envoy, proxy),
		...certificateVerdicts(context, envoy, proxy),
		...listenerVerdicts(context, envoy, proxy),
	];
};

function isDown({inspection, unit}: ProxySeen): boolean {
	if (unit !== undefined) return unit.active !== 'active';
	return inspection !== undefined && parseContainer(inspection.stdout)?.status !== 'running';
}

function seenOf({inspection, log, bundle}: ProxySeen) {
	return {
		lines: log,
		rootIsCurrent: bundle?.rootIsCurrent,
		payload: bundle?.payload ?? '',
		now: bundle?.clock ?? 0,
		container: inspection && parseContainer(inspection.stdout),
	};
}

/** Readiness is remembered from the first success: it says nothing of the connection now. */
function connectionVerdicts(context: StepContext, {connected, info}: EnvoySeen, proxy: ProxySeen): readonly Verdict[] {
	if (connected === undefined) return [verdict('doctor.ready', 'Proxy', 'passed', 'ready')];
	if (connected) {
		const version = info.ok ? parseServerInfo(info.body)?.version : undefined;
		return [verdict('doctor.ready', 'Proxy', 'passed', `Envoy ${version ?? ''} is live, with a stream to istiod`)];
	}
	const found = explainSeen(context, seenOf(proxy), ['control_plane.connected_state: 0'], 'xds.unknown');
	return [verdict('doctor.ready', 'Proxy', 'failed', `No stream to istiod: ${found.summary}`, [found])];
}

function holdsCertificate({certs}: EnvoySeen): boolean {
	const held = certs.ok && certs.status === 200 ? parseCerts(certs.body) : undefined;
	return held !== undefined && workloadCertificate(held) !== undefined;
}

function certificateVerdicts(context: StepContext, {certs}: EnvoySeen, {bundle, log}: ProxySeen): readonly Verdict[] {
	const held = certs.ok && certs.status === 200 ? parseCerts(certs.body) : undefined;
	if (held === undefined || bundle === undefined) return [];
	const {found, checks} = judgeCertificate(context, held, bundle.clock, log);
	const [check] = checks;
	if (found !== undefined) return [verdict('verify.certificate', 'Certificate', 'failed', found.summary, [found])];
	return check === undefined ? [] : [{check, findings: []}];
}

function listenerVerdicts(context: StepContext, envoy: EnvoySeen, {log}: ProxySeen): readonly Verdict[] {
	const {listeners} = envoy;
	if (!listeners.ok || listeners.status !== 200) return [];
	const present = parseListeners(listeners.body);
	const wanted = wantedListeners(context.target);
	const missing = wanted.filter((one) => !present.some((listener) => serves(listener, one)));
	const checks = wanted.map((one): Verdict => ({check: listenerCheck(one, !missing.includes(one)), findings: []}));
	if (missing.length === 0) return checks;
	const found = explainMissing(context, missing, present, {dump: envoy.refused, lines: log});
	return [...checks, verdict('doctor.listeners', 'Inbound listeners', 'failed', found.summary, [found])];
}
