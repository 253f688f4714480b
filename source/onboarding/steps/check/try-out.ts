import {type Dial, type Procedure, performAll} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {isIntercepted} from '../interception/look.ts';
import {type Flow, flowsOf, type Way} from './flow.ts';

/** Tries ways that begin on the VM, all at once. */
export function* tryOut(context: StepContext, ways: ReadonlyArray<Way<Dial>>): Procedure<ReadonlyArray<Flow<Dial>>> {
	const flows = flowsOf(ways, yield* performAll(...ways.map(({dial}) => dial)));
	const isRefused = ({answer}: Flow) => answer.outcome === 'refused';
	if (!flows.some(isRefused) || !(yield* refusesItself(context))) return flows;
	return flows.map((flow) =>
		isRefused(flow) ? {...flow, answer: {...flow.answer, outcome: 'not-done', text: capturedInVain}} : flow,
	);
}

/** Ports on which the agent answers from its start, and on which Envoy takes what leaves the VM as soon as it has its configuration. */
const [agentPort, outboundPort] = [15_020, 15_001];

const capturedInVain = `the rules of the proxy lead it to port ${outboundPort} of the VM, where nothing listens as long as the proxy is not ready: this proves nothing`;

/**
 * Does the VM refuse all that leaves it? The unit of the package sets the rules before it starts the agent (istio/istio,
 * tools/packaging/common/istio-start.sh), and they let nobody pass but the proxy's own account.
 */
function* refusesItself({target}: StepContext): Procedure<boolean> {
	if (target.layout.value !== 'package' || !isIntercepted(target)) return false;
	const here = (port: number) => ({kind: 'dial', host: '127.0.0.1', port, timeoutSeconds: 2}) as const;
	const [agent, envoy] = yield* performAll(here(agentPort), here(outboundPort));
	return agent.outcome === 'open' && envoy.outcome === 'refused';
}
