import type {Finding} from '../../../diagnosis/finding.ts';
import type {Ingress} from '../../../mesh/sidecar.ts';
import type {Target} from '../../../mesh/target.ts';
import {parseListenerErrors} from '../../../proxy/listener-errors.ts';
import {type ProxyListener, parseListeners} from '../../../proxy/listeners.ts';
import {causeOfLog} from '../../../proxy/log-causes.ts';
import {canonicalIp} from '../../../vm/canonical-ip.ts';
import {type HttpAnswer, type Procedure, perform, performAll} from '../../action.ts';
import type {Step, StepCheck, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {logContext, logLines, readLog} from './proxy-log.ts';

const listeners = {kind: 'http', port: 15000, path: '/listeners?format=json'} as const;
/** Why a listener was not taken, and nothing else: the listeners of a mesh may be tens of megabytes (Envoy's admin interface, `mask`). */
export const refusedListeners = {
	kind: 'http',
	port: 15000,
	path: '/config_dump?resource=dynamic_listeners&mask=name,error_state.details',
} as const;

/** Listeners come with the first configuration; those of a Sidecar that was just changed a little later. */
const patienceSeconds = 10;

type Wanted = {readonly port: number; readonly address: string};

/** Does Envoy take connections where the Sidecar says? */
export const listenerStep: Step = {
	id: 'verify.listener',
	phase: 'verify',
	title: 'See that the inbound listeners are bound',
	plan: () => [],
	*run(context) {
		const wanted = wantedListeners(context.target);
		if (wanted.length === 0) return {status: 'skipped', detail: 'no Sidecar asks for an inbound listener'};
		for (let waited = 0; ; waited++) {
			const answer = yield* perform(listeners);
			const present = answer.ok && answer.status === 200 ? parseListeners(answer.body) : [];
			const missing = wanted.filter((one) => !present.some((listener) => serves(listener, one)));
			const checks = wanted.map((one) => listenerCheck(one, !missing.includes(one)));
			if (missing.length === 0) {
				return {status: 'succeeded', detail: wanted.map(({address, port}) => `${address}:${port}`).join(', '), checks};
			}
			if (waited >= patienceSeconds) return stoppedBy(yield* explain(context, missing, present), {checks});
			const why = `No listener on ${missing.map(({address, port}) => `${address}:${port}`).join(', ')} yet`;
			yield* perform({kind: 'wait', seconds: 1, why});
		}
	},
};

/** With interception one listener on 15006 takes the traffic of every port. */
export function wantedListeners({ingress, instanceIp, interceptionMode}: Target): readonly Wanted[] {
	if (interceptionMode.value !== 'NONE') return [{port: 15006, address: '0.0.0.0'}];
	const own = ({port, bind}: Ingress): Wanted => ({port, address: bind || (instanceIp?.value ?? '')});
	return ingress.map(own);
}

export function serves(listener: ProxyListener, {port, address}: Wanted): boolean {
	const everywhere = listener.address === '0.0.0.0' || listener.address === '::';
	return listener.port === port && (everywhere || canonicalIp(listener.address) === canonicalIp(address));
}

export function listenerCheck({address, port}: Wanted, bound: boolean): StepCheck {
	return {
		id: 'verify.listener',
		title: 'inbound listener',
		to: address,
		port,
		outcome: bound ? 'passed' : 'failed',
		detail: bound ? 'bound' : 'not bound',
	};
}

function* explain(
	context: StepContext,
	missing: readonly Wanted[],
	present: readonly ProxyListener[],
): Procedure<Finding> {
	const [dump, log] = yield* performAll(refusedListeners, readLog(context));
	return explainMissing(context, missing, present, {dump, lines: logLines(log.stdout)});
}

/** Why listeners are missing: what Envoy or its log says of these, else only that they are. */
export function explainMissing(
	context: StepContext,
	missing: readonly Wanted[],
	present: readonly ProxyListener[],
	{dump, lines}: {readonly dump: HttpAnswer; readonly lines: readonly string[]},
): Finding {
	const errors = dump.ok ? parseListenerErrors(dump.body) : [];
	// What concerns other listeners says nothing of these.
	const concerns = (line: string) => missing.some(({port}) => line.includes(`:${port}`) || line.includes(`_${port}`));
	const words = [...lines, ...errors].filter(concerns);
	const cause = causeOfLog(words, logContext(context));
	const [first] = missing;
	const place = `${first?.address ?? ''}:${first?.port ?? ''}`;
	const evidence = [
		{
			source: '127.0.0.1:15000/listeners',
			text: present.map(({address, port}) => `${address}:${port}`).join(', ') || 'none',
		},
		...(words.length === 0 ? [] : [{source: 'words of the proxy', text: words.slice(-5).join('\n')}]),
	];
	const summary = cause === undefined ? `A Sidecar asks for a listener on ${place}, and the VM has none.` : undefined;
	const values = {port: String(first?.port ?? '')};
	return findingAbout(context, cause?.id ?? 'listener.inbound-missing', evidence, summary, values);
}
