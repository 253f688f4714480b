import type {Finding} from '../../../diagnosis/finding.ts';
import {joinHostPort} from '../../../mesh/ip.ts';
import type {Target} from '../../../mesh/target.ts';
import {isWildcard} from '../../../vm/application.ts';
import {canonicalIp} from '../../../vm/canonical-ip.ts';
import type {VmFacts} from '../../../vm/facts.ts';
import {type DialAnswer, type PodDial, type Procedure, performAll} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {findingAbout} from '../stopped-by.ts';
import {asBlock, firewallReader} from './block.ts';
import {endsOf, evidenceOf, type Flow, flowsOf, judged, judgeOpen, type Way} from './flow.ts';
import {podPeers} from './pod-peers.ts';
import {outcomeOf, type Verdict, verdict} from './verdict.ts';

/** Seconds for a connection; what takes longer is no way for requests. */
const patience = 5;

/**
 * From a pod of the mesh to the VM's inbound ports. Before bootstrap nothing listens there, and a refusal is taken for an open way, which
 * the onboarding itself proves or not; where something listens, it is a rule that rejects. No answer means that the way is
 * closed (`network.vm-unreachable`).
 */
export const inboundStep: Step = inboundStepOf(patience);

/** `seconds`: how long an answer is waited for. */
export function inboundStepOf(seconds: number): Step {
	return {
		id: 'check.inbound',
		phase: 'check',
		title: 'Reach the VM from the mesh',
		plan: () => [],
		*run(context) {
			const {target} = context;
			const reason = unknownInbound(target);
			if (reason !== undefined) return outcomeOf([reason], 'nothing to dial');
			const ways = inboundWays(target);
			// Whether another port of the same address answers is asked with them: a way that is dropped has taken its time then.
			const [ssh, ...answers] = yield* performAll(
				...[wayToSsh(target), ...ways].map((way) => ({...way.dial, timeoutSeconds: seconds})),
			);
			const flows = flowsOf(ways, answers);
			const hears = (port: number) => earOf(context, port);
			const verdicts = flows.map((flow) => judgeInbound(flow, hears(flow.dial.port), 'passed'));
			const closed = flows.filter((flow) => isClosed(flow, hears(flow.dial.port)));
			const none = flows.every(({answer}) => answer.outcome === 'not-done');
			const outcome = outcomeOf(verdicts, none ? 'no pod could try' : `the way to ${endsOf(flows)} is open`);
			if (closed.length === 0 || ssh === undefined) return outcome;
			return {...outcome, findings: [yield* inboundCause(context, closed, ssh)]};
		},
	};
}

/** What is told where there is nothing to dial. */
export function unknownInbound({entry, ingress}: Target): Verdict | undefined {
	const reason =
		entry.address === '' ? 'the entry has no address' : ingress.length === 0 ? 'no inbound port is known' : undefined;
	return reason === undefined ? undefined : verdict('inbound', 'Mesh to VM', 'not-done', reason);
}

/** The ways from a pod of the mesh to the inbound listeners of the VM's proxy. */
export function inboundWays({entry, ingress}: Target): ReadonlyArray<Way<PodDial>> {
	return [...new Set(ingress.map(({port}) => port))].map((port) => ({
		id: `inbound-${port}`,
		title: `Mesh to VM, port ${port}`,
		dial: dial(entry.address, port),
		why: 'requests to the app',
		needed: true,
	}));
}

/** Does anything at that address answer? Then it is the port that is closed, else the address that leads nowhere. */
export function wayToSsh({entry, ssh}: Target): Way<PodDial> {
	return {id: 'ssh', title: 'SSH', dial: dial(entry.address, ssh.port.value ?? 22), why: 'SSH', needed: false};
}

function dial(host: string, port: number): PodDial {
	return {kind: 'pod-dial', host, port, timeoutSeconds: patience};
}

/** Does something on the VM listen where a port's traffic arrives? Unknown where its sockets could not be listed. */
export type Ear = 'listens' | 'silent' | 'unknown';

export function earOf({target, facts}: Pick<StepContext, 'target' | 'facts'>, port: number): Ear {
	const listeners: VmFacts['listeners'] = facts.vm?.listeners;
	if (listeners === undefined) return 'unknown';
	const bind = target.ingress.find((ingress) => ingress.port === port)?.bind;
	const own = canonicalIp(bind || (target.instanceIp?.value ?? target.entry.address));
	const hears = listeners.some(
		(listener) => listener.port === port && (isWildcard(listener.address) || listener.address === own),
	);
	return hears ? 'listens' : 'silent';
}

/** A refusal is one of the machine itself only where nobody listens. */
export function isClosed({answer}: Pick<Flow, 'answer'>, ear: Ear): boolean {
	if (answer.outcome === 'open' || answer.outcome === 'reset' || answer.outcome === 'not-done') return false;
	return answer.outcome !== 'refused' || ear === 'listens';
}

/**
 * `refusal`: what one says where nobody listens: that the way is open, or nothing, since a rule may reject as well; then `hint` is what
 * could be done, or why it was not.
 */
export function judgeInbound(flow: Flow<PodDial>, ear: Ear, refusal: 'passed' | 'not-done', hint = ''): Verdict {
	const {dial: to, answer} = flow;
	const end = joinHostPort(to.host, to.port);
	if (answer.outcome === 'not-done') return judged(flow, 'not-done', answer.text);
	if (isClosed(flow, ear)) {
		const rejected = 'refused on the way, though something listens there';
		const how = answer.outcome === 'refused' ? rejected : answer.outcome === 'filtered' ? 'no answer' : answer.text;
		return judged(flow, flow.needed ? 'failed' : 'warning', `${end}: ${how}`);
	}
	if (answer.outcome === 'open') return judgeOpen(flow, `${end} answers`);
	if (answer.outcome !== 'refused') return judged(flow, 'passed', `${end} answers`);
	return refusal === 'passed'
		? judged(flow, 'passed', `${end} refuses, so the way is open and nothing listens yet`)
		: judged(flow, 'not-done', `${end} refuses: nothing listens there yet, or a rule rejects${hint}`);
}

/** The cause of closed ways to the VM. `ssh`: how the way to another port of the same address went. */
export function* inboundCause(
	context: StepContext,
	closed: ReadonlyArray<Flow<PodDial>>,
	ssh: DialAnswer,
	readFirewall = firewallReader(context),
): Procedure<Finding> {
	const {entry} = context.target;
	const alive = ssh.outcome === 'open' || ssh.outcome === 'refused' || ssh.outcome === 'reset';
	const rejected = closed.every(({answer}) => answer.outcome === 'refused');
	const summary = rejected
		? `Pods are refused at ${endsOf(closed)}, though something listens there: a firewall rejects it.`
		: alive
			? `Pods reach ${entry.address} and get no answer from ${endsOf(closed)}: a firewall drops it.`
			: `Pods get no answer from ${endsOf(closed)}, nor from any other port of ${entry.address}.`;
	const seen = [...closed, {...wayToSsh(context.target), answer: ssh}].map(evidenceOf);
	const found = findingAbout(context, 'network.vm-unreachable', seen, summary);
	const firewall = yield* readFirewall();
	const block = asBlock(context, found, closed, firewall, yield* podPeers());
	// Where nothing at the address answers, the address may be the fault, which no rule mends.
	return alive ? block : {...block, remedy: {...block.remedy, text: `${found.remedy.text} ${block.remedy.text}`}};
}
