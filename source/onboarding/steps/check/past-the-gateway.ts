import {type Procedure, perform} from '../../action.ts';
import type {Tried} from '../../doctor/facts.ts';
import type {StepContext} from '../../step.ts';
import {firewallReader} from './block.ts';
import {isBroken, judge} from './flow.ts';
import {isClosed, judgeInbound} from './inbound.ts';
import {healthCause, podsCause} from './matrix.ts';
import {healthWay, isInClusterNetwork, podWays} from './other-ways.ts';
import {noPods, readEndpoints} from './read-endpoints.ts';
import {tryOut} from './try-out.ts';
import {verdict} from './verdict.ts';

const nothing: Tried = {checks: [], findings: [], detail: ''};

/** `network.pods-unreachable`: a VM in the cluster's network reaches pods past the gateway. `seconds`: how long an answer is waited for. */
export function* tryPods(context: StepContext, seconds: number): Procedure<Tried> {
	if (!isInClusterNetwork(context.target)) return nothing;
	const endpoints = yield* readEndpoints(context.target);
	if (endpoints === noPods) return nothing;
	if (typeof endpoints === 'string')
		return {...nothing, checks: [verdict('pods', 'VM to pods', 'not-done', endpoints).check]};
	const ways = podWays(endpoints).map((way) => ({...way, dial: {...way.dial, timeoutSeconds: seconds}}));
	const flows = yield* tryOut(context, ways);
	const findings = yield* podsCause(context, flows.filter(isBroken), firewallReader(context));
	return {...nothing, checks: flows.map((flow) => judge(flow).check), findings};
}

/** `network.health-port-blocked`: a proxy that is ready and, for whoever probes its health, does not answer the mesh. */
export function* tryHealth(context: StepContext, seconds: number): Procedure<Tried> {
	const {target} = context;
	if (target.entry.address === '') return nothing;
	const way = healthWay(target);
	const flow = {...way, answer: yield* perform({...way.dial, timeoutSeconds: seconds})};
	const blocked = isClosed(flow, 'listens');
	return {
		...nothing,
		checks: [judgeInbound(flow, 'listens', 'not-done').check],
		findings: blocked ? yield* healthCause(context, flow, firewallReader(context)) : [],
	};
}
