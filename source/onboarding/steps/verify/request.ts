import type {Finding} from '../../../diagnosis/finding.ts';
import {type InboundCounters, inboundCounters, parseClusters} from '../../../proxy/clusters.ts';
import {causeOfResponse} from '../../../proxy/response-causes.ts';
import {type PodAnswer, type Procedure, perform} from '../../action.ts';
import type {Outcome, Step, StepCheck, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {endpointMissing} from './endpoint-missing.ts';
import {lookForMismatch} from './mutual-tls.ts';
import {type Route, routesTo, takesHttp} from './routes.ts';

const clusters = {kind: 'http', port: 15000, path: '/clusters?format=json'} as const;

/** How often it is tried, and seconds between. */
type Patience = {readonly attempts: number; readonly pause: number};
const dialSeconds = 5;

type Done = Extract<PodAnswer, {done: true}>;
type Verdict = {readonly check: StepCheck; readonly finding?: Finding; readonly over: boolean};
type Followed = Verdict & {readonly route: Route};

/** Does a request from a pod of the mesh reach the application, through every Service that selects the entry? */
export const requestStep: Step = requestStepOf({
	// Endpoints reach the callers' proxies a moment after the VM's proxy is ready.
	attempts: 5,
	pause: 2,
});

export function requestStepOf(patience: Patience): Step {
	return {
		id: 'verify.request',
		phase: 'verify',
		title: 'Send a request from the mesh',
		plan: () => [],
		*run(context) {
			const routes = routesTo(context.target);
			if (routes.length === 0) return {status: 'skipped', detail: 'no Service selects the entry'};
			const followed: Followed[] = [];
			for (const route of routes) followed.push({route, ...(yield* follow(context, route, patience))});
			return conclude(yield* nameUnknown(context, followed));
		},
	};
}

/** Why requests fail whose answers name no reason: is the VM an endpoint at all, and do both sides speak mTLS? */
function* nameUnknown(context: StepContext, followed: readonly Followed[]): Procedure<readonly Followed[]> {
	if (!followed.some(({finding}) => finding?.id === 'traffic.unknown')) return followed;
	// A page of that size is asked for only here.
	const shards = yield* perform({kind: 'istiod', path: '/debug/endpointShardz'});
	const missing = endpointMissing(context, shards);
	const named: Followed[] = [];
	for (const one of followed) {
		const {route, check: made, finding} = one;
		const unknown = finding?.id === 'traffic.unknown' ? finding : undefined;
		const cause = unknown && (missing ?? (yield* lookForMismatch(context, route, namespaceOf(made), shards)));
		const evidence = [...(cause?.evidence ?? []), ...(unknown?.evidence ?? [])];
		named.push(cause === undefined ? one : {...one, finding: {...cause, evidence}});
	}
	return named;
}

/** The namespace of the pod from which it was asked. */
function namespaceOf({from}: StepCheck): string {
	return /^pod ([^/]+)\//.exec(from ?? '')?.[1] ?? '';
}

function conclude(followed: readonly Followed[]): Outcome {
	const checks = followed.map(({check: one, finding}) =>
		finding === undefined ? one : {...one, detail: `${one.detail}: ${finding.summary}`},
	);
	const [found, ...findings] = followed.flatMap(({finding}) => finding ?? []);
	if (found !== undefined) return stoppedBy(found, {checks, findings});
	const done = checks.filter(({outcome}) => outcome !== 'not-done');
	return {
		status: done.length > 0 ? 'succeeded' : 'skipped',
		detail: (done.length > 0 ? done : checks).map(({to, detail}) => `${to}: ${detail}`).join('; '),
		checks,
	};
}

/** Tries until the VM has answered; what fails is tried again, for configuration takes its time on the way to the callers. */
function* follow(context: StepContext, route: Route, {attempts, pause}: Patience): Procedure<Verdict> {
	const {vmPort} = route;
	if (!takesHttp(route) || vmPort === undefined) {
		const why =
			vmPort === undefined ? 'leads to no port of the entry' : `is ${route.protocol}: an HTTP request proves nothing`;
		return {check: check(route, 'not-done', `port ${route.port} ${why}`), over: true};
	}
	for (let attempt = 1; ; attempt++) {
		const before = yield* counters(vmPort);
		const answer = yield* perform({
			kind: 'pod-request',
			service: route.service,
			namespace: route.namespace,
			port: route.port,
			path: '/',
		});
		if (!answer.done) return {check: check(route, 'not-done', answer.text), over: true};
		const after = yield* counters(vmPort);
		const verdict =
			judge(route, answer, before, after) ?? (yield* explain(context, route, vmPort, answer, before, after));
		if (verdict.over || attempt >= attempts) return verdict;
		yield* perform({kind: 'wait', seconds: pause, why: `${verdict.check.to}: ${verdict.check.detail}`});
	}
}

function* counters(port: number): Procedure<InboundCounters | undefined> {
	const answer = yield* perform(clusters);
	const hosts = answer.ok ? parseClusters(answer.body) : undefined;
	return hosts && inboundCounters(hosts, port);
}

/** What an answer proves; undefined when it is a failure that has to be explained. */
function judge(
	route: Route,
	{status, pod, text, body}: Done,
	before: InboundCounters | undefined,
	after: InboundCounters | undefined,
): Verdict | undefined {
	if (causeOfResponse(`${body}\n${text}`) !== undefined || status === 0) return undefined;
	const known = before !== undefined && after !== undefined;
	const reached = !known || after.begun > before.begun;
	if (status < 500) {
		return reached
			? {check: check(route, 'passed', `${status} from the app`, pod), over: true}
			: {
					check: check(route, 'not-done', `${status}, and not from this VM: the Service has other endpoints`, pod),
					over: false,
				};
	}
	const fromApp = known && after.errors > before.errors && after.refused === before.refused;
	return fromApp
		? {check: check(route, 'warning', `${status}, which the app itself answers`, pod), over: true}
		: undefined;
}

function* explain(
	context: StepContext,
	route: Route,
	vmPort: number,
	answer: Done,
	before: InboundCounters | undefined,
	after: InboundCounters | undefined,
): Procedure<Verdict> {
	const {entry, ingress} = context.target;
	const words = `${answer.body}\n${answer.text}`.trim();
	const named = causeOfResponse(words);
	const evidence = [{source: `GET / of ${placeOf(route)} from pod ${answer.pod}`, text: `${answer.status} ${words}`}];
	const endpoint = ingress.find(({port}) => port === vmPort)?.defaultEndpoint ?? `port ${vmPort}`;
	const failed = (finding: Finding): Verdict => ({
		check: check(route, 'failed', String(answer.status || 'no answer'), answer.pod),
		finding,
		over: false,
	});
	const notListening = () =>
		failed(
			findingAbout(
				context,
				'app.not-listening',
				evidence,
				`Nothing answers at ${endpoint} on the VM, where the proxy hands requests on.`,
			),
		);

	if (before !== undefined && after !== undefined && after.refused > before.refused) return notListening();
	if (named !== undefined && named !== 'network.vm-unreachable') return failed(findingAbout(context, named, evidence));
	const dialled = yield* perform({kind: 'pod-dial', host: entry.address, port: vmPort, timeoutSeconds: dialSeconds});
	const tried = {
		source: `TCP to ${entry.address}:${vmPort} from ${dialled.from}`,
		text: `${dialled.outcome} ${dialled.text}`,
	};
	if (dialled.outcome === 'open') {
		// The way is open: words of a failed connection are then those of the VM's proxy about its application.
		if (named !== undefined && after === undefined) return notListening();
		return failed(findingAbout(context, 'traffic.unknown', [...evidence, tried]));
	}
	if (dialled.outcome === 'not-done' && named === undefined) {
		return failed(findingAbout(context, 'traffic.unknown', [...evidence, tried]));
	}
	const summary = `Pods cannot reach ${entry.address}:${vmPort}, though the proxy on the VM listens there.`;
	return failed(findingAbout(context, 'network.vm-unreachable', [...evidence, tried], summary));
}

function placeOf({service, namespace, port}: Route): string {
	return `${service}.${namespace}:${port}`;
}

function check(route: Route, outcome: StepCheck['outcome'], detail: string, pod?: string): StepCheck {
	return {
		id: 'verify.request',
		title: 'request from the mesh',
		...(pod === undefined ? {} : {from: `pod ${pod}`}),
		to: placeOf(route),
		port: route.port,
		outcome,
		detail,
	};
}
