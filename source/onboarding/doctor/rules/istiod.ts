import {knownOf} from '../../../diagnosis/facts.ts';
import type {Finding} from '../../../diagnosis/finding.ts';
import {dialledAddress, parseContainer} from '../../../proxy/container.ts';
import type {StepContext} from '../../step.ts';
import {containerInspection} from '../../steps/bootstrap/on-vm.ts';
import {type Verdict, verdict} from '../../steps/check/verdict.ts';
import {explainListing, readListing} from '../../steps/verify/istiod.ts';
import {orWarming} from '../../steps/verify/warming.ts';
import type {DoctorFacts} from '../facts.ts';
import type {DoctorRule} from './rule.ts';

const title = 'istiod lists the proxy';

/** `xds.rejected`, `xds.not-synced`: what istiod knows of the proxy. */
export const istiodRule: DoctorRule = (context, facts) => {
	const answer = knownOf(facts.istiod)?.syncz;
	if (answer?.done !== true) return [];
	const seen = readListing(answer.pods, context.target.ref);
	const judge = (outcome: 'passed' | 'not-done', detail: string): readonly Verdict[] => [
		verdict('verify.istiod', title, outcome, detail),
	];
	if (seen.listed?.proxy.state === 'synced') {
		return judge('passed', `${seen.listed.pod} lists ${context.target.ref}: ${seen.listed.proxy.detail}`);
	}
	if (seen.listed === undefined) {
		// Silence of one istiod hides the proxies that it serves.
		if (seen.refused.length > 0)
			return judge('not-done', `not every istiod could be asked: ${seen.refused.join('; ')}`);
		// A proxy without a stream is in no list: why it has none is told by itself.
		const envoy = knownOf(facts.envoy);
		const connected = envoy?.connected ?? (envoy?.ready.ok === true && envoy.ready.status === 200);
		if (!connected) return judge('not-done', 'no istiod lists it, and it has no stream to one');
	}
	const told = explainListing(context, seen);
	const found =
		seen.listed === undefined
			? withAddress(context, facts, told)
			: orWarming(context, told, knownOf(facts.envoy)?.warming);
	return [verdict('verify.istiod', title, 'failed', found.summary, [found])];
};

/** Where it talks to, beside whom it was looked for at. */
function withAddress({target}: StepContext, {proxy}: DoctorFacts, found: Finding): Finding {
	const container = parseContainer(knownOf(proxy)?.inspection?.stdout ?? '');
	const address = container === undefined ? '' : dialledAddress(container);
	if (address === '') return found;
	const evidence = {source: containerInspection(target), text: `discoveryAddress ${address}`};
	return {...found, evidence: [...found.evidence, evidence]};
}
