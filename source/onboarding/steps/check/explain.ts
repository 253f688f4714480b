import type {Finding} from '../../../diagnosis/finding.ts';
import {isIp} from '../../../mesh/ip.ts';
import type {Procedure} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {blockOf, type FirewallReader, type Peers} from './block.ts';
import {type Flow, sourceOf} from './flow.ts';
import {gatewayPeers} from './gateway.ts';
import {podPeers} from './pod-peers.ts';
import type {Verdict} from './verdict.ts';

/**
 * Adds to the checks of closed ways what explains each: the finding that has it as evidence, or, where it is worth none, whose rule it is
 * and the rule to ask for.
 */
export function* explain(
	{target}: StepContext,
	verdicts: readonly Verdict[],
	flows: readonly Flow[],
	findings: readonly Finding[],
	readFirewall: FirewallReader,
): Procedure<readonly Verdict[]> {
	const explained: Verdict[] = [];
	for (const verdict of verdicts) {
		const {check} = verdict;
		const flow = flows.find(({id}) => id === check.id);
		const closed = check.outcome === 'failed' || (check.outcome === 'warning' && flow?.answer.outcome !== 'open');
		if (!closed || flow === undefined) {
			explained.push(verdict);
			continue;
		}
		const why = findings.find(({evidence}) => evidence.some(({source}) => source === sourceOf(flow)));
		if (why !== undefined) {
			// What hangs in the handshake is told by what was found to hold it up.
			const mtu = why.id === 'network.mtu' ? ({result: 'mtu', detail: `${check.detail}: ${why.summary}`} as const) : {};
			explained.push({...verdict, check: {...check, finding: why.id, ...mtu}});
			continue;
		}
		// A gateway that is not there, not ready or not exposed is told already.
		const ofGateway = flow.dial.kind === 'dial' && flow.dial.host === target.gateway?.address;
		const broken = target.problems.find(({id, severity}) => id.startsWith('gateway.') && severity === 'error');
		if (ofGateway && broken !== undefined) {
			explained.push({...verdict, check: {...check, finding: broken.id}});
			continue;
		}
		const block = mayBeRule(flow) ? blockOf({target}, [flow], yield* readFirewall(), yield* peersOf(flow)) : undefined;
		explained.push(block === undefined ? verdict : {...verdict, check: {...check, block}});
	}
	return explained;

	function* peersOf({dial: {kind, host}}: Flow): Procedure<Peers> {
		if (kind === 'pod-dial') return yield* podPeers();
		if (host === target.gateway?.address) return gatewayPeers(target.gateway);
		return {peers: [isIp(host) ? host : 'RANGE'], peer: host};
	}
}

/** What names or certificates are to blame for, no rule opens. */
function mayBeRule({answer: {outcome}}: Flow): boolean {
	return outcome === 'filtered' || outcome === 'refused' || outcome === 'unreachable' || outcome === 'reset';
}
