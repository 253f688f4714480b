import {catalogue} from '../../../diagnosis/catalogue.ts';
import type {Finding} from '../../../diagnosis/finding.ts';
import {causeOfLog} from '../../../proxy/log-causes.ts';
import {parseReadiness} from '../../../proxy/readiness.ts';
import {parseServerInfo, proxyIdOf} from '../../../proxy/server-info.ts';
import {type HttpAnswer, type Procedure, perform, performAll} from '../../action.ts';
import type {Outcome, Step, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {explainProxy} from './explain-proxy.ts';
import {logContext, proxyLog} from './proxy-log.ts';

const health = {kind: 'http', port: 15021, path: '/healthz/ready'} as const;
const serverInfo = {kind: 'http', port: 15000, path: '/server_info'} as const;

/** Every so many seconds the log is read for the reason, while the proxy is waited for. */
const logEvery = 5;

/** Waits until the proxy has its configuration and Envoy is live; until the target's timeout at most. */
export const readyStep: Step = {
	id: 'verify.ready',
	phase: 'verify',
	title: 'Wait until the proxy is ready',
	plan: () => [],
	*run(context) {
		const limit = context.target.timeoutSeconds.value;
		for (let waited = 0; ; waited++) {
			const [ready, info] = yield* performAll(health, serverInfo);
			const state = stateOfProxy(ready, info);
			if (state.ready) return settled(context, info, waited);
			if (waited >= limit) {
				const found = yield* explainProxy(context, [state.text], 'proxy.not-ready');
				return stoppedBy(found, {detail: `${found.summary} (not ready after ${limit} s)`});
			}
			const cause = waited > 0 && waited % logEvery === 0 ? yield* namedCause(context) : undefined;
			yield* perform({kind: 'wait', seconds: 1, why: cause ?? state.text});
		}
	},
};

/** Is the proxy ready, by its endpoints, and in which words? */
export function stateOfProxy(ready: HttpAnswer, info: HttpAnswer): {readonly ready: boolean; readonly text: string} {
	if (!ready.ok) return {ready: false, text: `The health endpoint does not answer: ${ready.text}`};
	const readiness = parseReadiness(ready.status, ready.body);
	if (readiness.state !== 'ready') return {ready: false, text: readiness.text};
	if (!info.ok) return {ready: false, text: `Envoy's admin endpoint does not answer: ${info.text}`};
	const server = info.status === 200 ? parseServerInfo(info.body) : undefined;
	if (server === undefined) return {ready: false, text: `Envoy's admin endpoint answers ${info.status}`};
	return {ready: server.state === 'LIVE', text: `Envoy is ${server.state}`};
}

/** Ready, unless it is another proxy that answers. */
function settled(context: StepContext, info: HttpAnswer, waited: number): Outcome {
	const foreign = foreignProxy(context, info);
	if (foreign !== undefined) return stoppedBy(foreign);
	const server = info.ok ? parseServerInfo(info.body) : undefined;
	const version = server?.version === undefined || server.version === '' ? 'Envoy' : `Envoy ${server.version}`;
	return {status: 'succeeded', detail: `${version} is live${waited === 0 ? '' : `, after ${waited} s`}`};
}

/** `proxy.already-running`: another proxy answers on these ports, of which one host network holds one. */
export function foreignProxy(context: StepContext, info: HttpAnswer): Finding | undefined {
	const node = (info.ok ? parseServerInfo(info.body)?.node : undefined) ?? '';
	const proxy = proxyIdOf(node);
	if (proxy === '' || proxy === context.target.ref) return undefined;
	return findingAbout(
		context,
		'proxy.already-running',
		[{source: '127.0.0.1:15000/server_info', text: `node ${node}`}],
		`The proxy that answers on this VM is ${proxy}, not ${context.target.ref}.`,
	);
}

function* namedCause(context: StepContext): Procedure<string | undefined> {
	const cause = causeOfLog(yield* proxyLog(context), logContext(context));
	return cause && `${catalogue[cause.id].summary} (${cause.id})`;
}
