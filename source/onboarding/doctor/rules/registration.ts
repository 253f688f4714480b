import {knownOf} from '../../../diagnosis/facts.ts';
import {connectionsOf} from '../../../proxy/connections.ts';
import type {IstiodAnswer} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {staleFinding} from '../../steps/check/stale-entry.ts';
import {type Verdict, verdict} from '../../steps/check/verdict.ts';
import {findingAbout} from '../../steps/stopped-by.ts';
import {readListing} from '../../steps/verify/istiod.ts';
import type {DoctorFacts} from '../facts.ts';
import type {DoctorRule} from './rule.ts';

/** Two streams at once are a matter of seconds where a proxy connects anew; in seconds. */
const overlap = 60;

/** The first probe of a proxy may come before its listeners, and the next after 10 s (istio/api, ReadinessProbe); in seconds. */
const settling = 15;

/** `app.unhealthy`, `entry.not-linked`, `entry.stale`, `identity.duplicate-proxy`: the entry beside the proxy that stands for it. */
export const registrationRule: DoctorRule = (context, facts) => [
	...healthVerdicts(context, facts),
	...staleVerdicts(context, facts),
	...duplicateVerdicts(context, facts),
];

function isListed({target}: StepContext, {istiod}: DoctorFacts): boolean | undefined {
	const answer = knownOf(istiod)?.syncz;
	if (answer?.done !== true) return undefined;
	const {listed, refused} = readListing(answer.pods, target.ref);
	return listed !== undefined || (refused.length > 0 ? undefined : false);
}

function healthVerdicts(context: StepContext, facts: DoctorFacts): readonly Verdict[] {
	const {health, name, namespace} = context.target.entry;
	if (health === undefined) return [];
	const judge = (outcome: 'passed' | 'not-done', detail: string) => [verdict('doctor.health', title, outcome, detail)];
	const title = 'Health of the application';
	const source = `workloadentry/${namespace}/${name}, condition Healthy`;
	if (health.status === 'True') return judge('passed', 'its probe succeeds');
	if (health.status === '') {
		// The condition is written by the istiod that a proxy is connected to: without a stream there is none to wait for.
		if (isListed(context, facts) !== true) return judge('not-done', 'the entry has no condition Healthy');
		const found = findingAbout(context, 'entry.not-linked', [{source, text: 'absent, and istiod lists the proxy'}]);
		return [verdict('doctor.health', title, 'warning', found.summary, [found])];
	}
	const since = (context.facts.serverTime?.() ?? Number.NaN) - Date.parse(health.at) / 1000;
	if (since < settling) return judge('not-done', `its probe failed once, ${Math.max(0, Math.round(since))} s ago`);
	const text = [health.status, health.message, health.at].filter((word) => word !== '').join(', ');
	const found = findingAbout(context, 'app.unhealthy', [{source, text}]);
	return [verdict('doctor.health', title, 'failed', `${found.summary} ${health.message}`.trim(), [found])];
}

function staleVerdicts(context: StepContext, facts: DoctorFacts): readonly Verdict[] {
	// A VM that answers is not gone, whatever became of its proxy.
	if (facts.vm.state !== 'unknown' || isListed(context, facts) !== false) return [];
	const found = staleFinding(context, facts.vm.reason);
	if (found === undefined) return [];
	return [verdict('doctor.stale', 'Entry of a VM that is gone', 'warning', found.summary, [found])];
}

function duplicateVerdicts(context: StepContext, facts: DoctorFacts): readonly Verdict[] {
	const now = context.facts.serverTime?.();
	const answer = knownOf(facts.istiod)?.connections;
	if (answer === undefined || now === undefined) return [];
	const streams = bodiesOf(answer).flatMap((body) => connectionsOf(body, context.target.ref));
	const lasting = streams.filter(({since}) => now - since > overlap);
	if (lasting.length < 2) return [];
	const lines = lasting.map(
		({id, address, since}) => `${id} from ${address} since ${new Date(since * 1000).toISOString()}`,
	);
	const found = findingAbout(context, 'identity.duplicate-proxy', [
		{source: 'istiod /debug/connections', text: lines.join('\n')},
	]);
	return [verdict('doctor.duplicate', 'One proxy of this name', 'failed', found.summary, [found])];
}

function bodiesOf(answer: IstiodAnswer): readonly string[] {
	return answer.done ? answer.pods.filter(({status}) => status === 200).map(({body}) => body) : [];
}
