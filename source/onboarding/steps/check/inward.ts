import {parseListening} from '../../../vm/firewall/listen.ts';
import {type PodDial, type Procedure, perform, performAll} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {type Flow, flowsOf, often} from './flow.ts';
import {type Ear, earOf, inboundWays, unknownInbound, wayToSsh} from './inbound.ts';
import {listenThere} from './listen-there.ts';
import {healthPort, healthWay} from './other-ways.ts';
import {orFromProbe} from './probe.ts';

/** What came of the ways from the cluster to the VM. */
export type Inward = {
	/** Those that requests take, that to the health of the VM's proxy, and that to its SSH server. */
	readonly requests: ReadonlyArray<Flow<PodDial>>;
	readonly health: ReadonlyArray<Flow<PodDial>>;
	readonly ssh: Flow<PodDial> | undefined;
	/** Did something on the VM hear what came for a port, be it meshboard? */
	readonly hears: (flow: Flow<PodDial>) => Ear;
	/** What could be done, or why it was not, where nobody heard. */
	readonly hint: string;
};

/** Tries the ways from the cluster to the VM at once. Where nothing listens yet, and that was agreed to, meshboard does meanwhile. */
export function* tryInward(context: StepContext): Procedure<Inward> {
	const {target, options} = context;
	const requests = unknownInbound(target) === undefined ? inboundWays(target) : [];
	const health = earOf(context, healthPort) === 'listens' && target.entry.address !== '' ? [healthWay(target)] : [];
	const ways = [...[...requests, ...health].map(often), ...(requests.length > 0 ? [wayToSsh(target)] : [])];
	const listens = options.listen === true && requests.some(({dial}) => earOf(context, dial.port) !== 'listens');
	const [listen, hush] = listenThere(target);
	const hear = function* () {
		return listens ? parseListening((yield* perform(listen)).stdout) : [];
	};
	let heard = yield* hear();
	const answers = yield* performAll(...ways.map(({dial}) => dial));
	const tried = yield* orFromProbe(context, ways, answers, function* () {
		// What listens ends by itself after a while.
		if (heard.length > 0) yield* perform(hush);
		heard = yield* hear();
	});
	if (heard.length > 0) yield* perform(hush);
	const flows = flowsOf(ways, tried);
	return {
		requests: flows.slice(0, requests.length),
		health: flows.slice(requests.length, requests.length + health.length),
		ssh: flows[requests.length + health.length],
		hears: ({dial}) => (heard.includes(dial.port) ? 'listens' : earOf(context, dial.port)),
		hint: listens ? notHeard : notAsked,
	};
}

const notAsked = '; with --yes meshboard listens there for the moment of the test';
const notHeard = '; meshboard could not listen there (it takes python3, perl, socat or nc)';
