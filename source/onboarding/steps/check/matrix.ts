import type {Finding} from '../../../diagnosis/finding.ts';
import {UserError} from '../../../errors.ts';
import type {Target} from '../../../mesh/target.ts';
import {
	type Answers,
	type Dial,
	type Http,
	type HttpAnswer,
	type PodDial,
	type Procedure,
	perform,
	sideBySide,
} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {findingAbout} from '../stopped-by.ts';
import {asBlock, type FirewallReader, firewallReader} from './block.ts';
import {explain} from './explain.ts';
import {endsOf, evidenceOf, type Flow, isBroken, judge, often} from './flow.ts';
import {gatewayCauses, gatewayWays, unknownGateway} from './gateway.ts';
import {inboundCause, isClosed, judgeInbound, unknownInbound} from './inbound.ts';
import {tryInward} from './inward.ts';
import {planToListen} from './listen-there.ts';
import {judgeName, lookUp, nameOfIstiod} from './name-on-vm.ts';
import {healthPort, isInClusterNetwork, otherWays, podWays} from './other-ways.ts';
import {podPeers} from './pod-peers.ts';
import {planToProbe} from './probe.ts';
import {readEndpoints} from './read-endpoints.ts';
import {tryOut} from './try-out.ts';
import {outcomeOf, type Verdict, verdict} from './verdict.ts';

/**
 * The firewall matrix: every way that an onboarded VM's traffic takes, worked out from the objects, tried from where it begins, all at once:
 * so it takes as long as its slowest way. Whose rule closes one is asked for after that.
 */
export const matrixStep: Step = {
	id: 'check.flows',
	phase: 'check',
	title: 'Try every way from both ends',
	plan: ({target, options}) => [
		...(options.listen === true ? planToListen(target) : []),
		...planToProbe({target, options}),
	],
	*run(context) {
		const {target} = context;
		const {mesh, gateway} = target;
		const leading = mesh && gateway ? gatewayWays(target, mesh, gateway) : [];
		const taken = leading.map(({dial}) => dial.port);
		const name = nameOfIstiod(target);
		const [login, looked, toGateway, others, pods, inward] = yield* sideBySide(
			perform({kind: 'exec', as: 'user', command: 'true', changes: false}),
			perform(lookUp(name ?? 'localhost')),
			tryOut(context, leading.map(often)),
			tryOut(context, otherWays(target, taken).map(often)),
			tryPods(context),
			tryInward(context),
		);
		const toPods = typeof pods === 'string' ? [] : pods;
		const gone = [...toGateway, ...others, ...toPods];
		const come = [...inward.requests, ...inward.health, ...(inward.ssh === undefined ? [] : [inward.ssh])];
		const isShut = (flow: Flow<PodDial>) => isClosed(flow, inward.hears(flow));
		const verdicts: readonly Verdict[] = [
			loginVerdict(target, login),
			...(name === undefined
				? []
				: [judgeName(target, gone[0]?.answer.from ?? `vm ${target.ssh.host.value}`, name, looked)]),
			...(toGateway.length === 0 ? [unknownGateway(target)] : []),
			...gone.map(judge),
			...(typeof pods === 'string' ? [verdict('pods', 'VM to pods', 'not-done', pods)] : []),
			...[unknownInbound(target) ?? []].flat(),
			...[...inward.requests, ...inward.health].map((flow) =>
				judgeInbound(flow, inward.hears(flow), 'not-done', inward.hint),
			),
		];
		const readFirewall = firewallReader(context);
		const broken = toGateway.filter(isBroken);
		const findings: Finding[] = gateway ? [...(yield* gatewayCauses(context, gateway, broken, readFirewall))] : [];
		if (toGateway.some(({answer}) => answer.outcome === 'open'))
			findings.push(...(yield* podsCause(context, toPods.filter(isBroken), readFirewall)));
		const closed = inward.requests.filter(isShut);
		if (closed.length > 0 && inward.ssh !== undefined)
			findings.push(yield* inboundCause(context, closed, inward.ssh.answer, readFirewall));
		const blocked = inward.health.find(isShut);
		if (blocked !== undefined) findings.push(...(yield* healthCause(context, blocked, readFirewall)));
		const open = verdicts.filter(({check}) => check.outcome === 'passed').length;
		const told = yield* explain(context, verdicts, [...gone, ...come], findings, readFirewall);
		return {...outcomeOf(told, `${open} of ${told.length} ways are open`), findings};
	},
};

/** The ways to pods, or why there are none; nothing where the VM's traffic to them takes the gateway. */
function* tryPods(context: StepContext): Procedure<ReadonlyArray<Flow<Dial>> | string> {
	const {target} = context;
	if (!isInClusterNetwork(target)) return [];
	const endpoints = yield* readEndpoints(target);
	return typeof endpoints === 'string' ? endpoints : yield* tryOut(context, podWays(endpoints).map(often));
}

/** This machine's own way to the VM, on which all others are tried. */
function loginVerdict({ssh}: Target, {ms}: Answers['exec']): Verdict {
	const {host, port, user, jump} = ssh;
	const by = jump.value === undefined ? '' : ` by ${jump.value.join(', ')}`;
	const detail = `${user.value ?? 'the user'} is logged in${by}`;
	const to = {from: 'this machine', to: host.value, port: port.value ?? 22};
	const said = {outcome: 'passed', detail, why: "meshboard's own way", result: 'open'} as const;
	const check = {id: 'ssh', title: 'SSH', ...to, ...said} as const;
	return {check: ms === undefined ? check : {...check, ms}, findings: []};
}

export function* podsCause(
	context: StepContext,
	broken: ReadonlyArray<Flow<Dial>>,
	readFirewall: FirewallReader,
): Procedure<readonly Finding[]> {
	if (broken.length === 0) return [];
	const how = broken.every(({answer}) => answer.outcome === 'refused') ? 'is refused at' : 'gets no answer from';
	const summary = `The VM counts as in the cluster's network and ${how} ${endsOf(broken)}, which pods of the mesh answer.`;
	const found = findingAbout(context, 'network.pods-unreachable', broken.map(evidenceOf), summary);
	const peers = [...new Set(broken.map(({dial}) => dial.host))];
	const block = asBlock(context, found, broken, yield* readFirewall(), {peers, peer: 'pods'});
	const {text} = block.remedy;
	return [
		{
			...block,
			remedy: {
				...block.remedy,
				text: `${text} Or set spec.network to a name of its own, and 15443 of the gateway carries the traffic.`,
			},
		},
	];
}

/** Only where the proxy itself answers on the VM. */
export function* healthCause(
	context: StepContext,
	blocked: Flow<PodDial>,
	readFirewall: FirewallReader,
): Procedure<readonly Finding[]> {
	const path = '/healthz/ready';
	const said = yield* askVm({kind: 'http', port: healthPort, path});
	if (said?.ok !== true || said.status !== 200) return [];
	const seen = [{source: `GET http://127.0.0.1:${healthPort}${path} on the VM`, text: '200'}, evidenceOf(blocked)];
	const found = findingAbout(context, 'network.health-port-blocked', seen);
	const block = asBlock(context, found, [blocked], yield* readFirewall(), yield* podPeers());
	return [{...block, remedy: {...block.remedy, text: `Only if something probes it: ${block.remedy.text}`}}];
}

/** Undefined where nothing on the VM can ask: the matrix does not depend on it. */
function* askVm(action: Http): Procedure<HttpAnswer | undefined> {
	try {
		return yield* perform(action);
	} catch (error) {
		if (error instanceof UserError && error.code === 'unasked') return undefined;
		throw error;
	}
}
