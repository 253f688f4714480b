import type {FindingId} from '../../../diagnosis/catalogue.ts';
import type {Check, Finding} from '../../../diagnosis/finding.ts';
import {isClusterLocal, istiodName, shortAlias} from '../../../mesh/cluster-local.ts';
import {discoveryAddress, discoveryPort, entryProxyConfig} from '../../../mesh/entry-proxy-config.ts';
import {passthroughPort} from '../../../mesh/gateway.ts';
import {joinHostPort, splitHostPort} from '../../../mesh/ip.ts';
import type {Gateway, MeshSettings, Target} from '../../../mesh/target.ts';
import {quote} from '../../../vm/quote.ts';
import {type Dial, type DialAnswer, type Procedure, performAll} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {findingAbout} from '../stopped-by.ts';
import {outcomeOf, type Verdict, verdict} from './verdict.ts';

/** Seconds for a connection and for its handshake; what takes longer is no way for a proxy. */
const patience = 10;

/** The gateway's ports, dialled from the VM: istiod's with a TLS handshake, and the one that leads to services of the mesh. */
export const gatewayStep: Step = {
	id: 'check.gateway',
	phase: 'check',
	title: 'Reach the gateway from the VM',
	plan: () => [],
	*run(context) {
		const {mesh, gateway} = context.target;
		if (gateway === undefined || mesh === undefined) {
			const missing = gateway === undefined ? 'no gateway is known' : "the mesh's settings are not known";
			return outcomeOf([verdict('gateway.istiod', 'VM to istiod', 'not-done', missing)], 'nothing to dial');
		}
		const istiod = dialIstiod(context.target, mesh, gateway);
		const services = dialServices(gateway, istiod.port);
		const answers = yield* performAll(istiod, ...(services === undefined ? [] : [services]));
		const flows: readonly Flow[] = [
			{id: 'gateway.istiod', title: 'VM to istiod', dial: istiod, answer: answers[0], needed: true},
			...(services === undefined || answers[1] === undefined
				? []
				: [
						{
							id: 'gateway.services',
							title: 'VM to services',
							dial: services,
							answer: answers[1],
							needed: crosses(context.target),
						},
					]),
		];
		const findings = yield* causesOf(context, gateway, flows.filter(isBroken));
		const open = flows.filter(({answer}) => answer.outcome === 'open').map(({dial}) => dial.port);
		const untested = `nothing could be tested: ${answers[0].text}`;
		const fine = open.length === 0 ? untested : `${gateway.address} answers on ${open.join(' and ')}`;
		return {...outcomeOf(flows.map(judge), fine), findings};
	},
};

type Flow = {
	readonly id: string;
	readonly title: string;
	readonly dial: Dial;
	readonly answer: DialAnswer;
	/** False where the mesh does not use this way for this VM: then a closed port is worth a warning. */
	readonly needed: boolean;
};

/** As the proxy will dial istiod: the port of its configuration, by the name that istiod's certificate has, against the mesh's root. */
function dialIstiod(target: Target, mesh: MeshSettings, gateway: Gateway): Dial {
	const meshAddress = splitHostPort(discoveryAddress(mesh.proxyConfig)).host;
	const serverName = isClusterLocal(meshAddress) ? shortAlias(meshAddress, mesh.istioNamespace) : istiodName(mesh);
	return {
		kind: 'dial',
		host: gateway.address,
		port: gateway.port ?? portOf(target, mesh, gateway),
		tls: {serverName, rootCertificate: mesh.rootCertificate},
		timeoutSeconds: patience,
	};
}

function portOf({entry}: Target, mesh: MeshSettings, gateway: Gateway): number {
	try {
		return discoveryPort(entryProxyConfig(entry, mesh, gateway));
	} catch {
		// The entry's own ProxyConfig cannot be read, which is a finding of the objects.
		return discoveryPort(mesh.proxyConfig);
	}
}

/** The way to services; undefined where istiod has the same port, or the gateway has none that is known for it. */
function dialServices(gateway: Gateway, istiodPort: number): Dial | undefined {
	const onNode = gateway.nodePorts?.[passthroughPort];
	const port = onNode ?? passthroughPort;
	if (istiodPort === port || (gateway.port !== undefined && onNode === undefined)) return undefined;
	if (gateway.ports.length > 0 && onNode === undefined && !gateway.ports.includes(port)) return undefined;
	return {kind: 'dial', host: gateway.address, port, timeoutSeconds: patience};
}

/** True when the VM's traffic to services takes the gateway: it is in a network of its own. */
function crosses({entry, mesh}: Target): boolean {
	return entry.network !== '' && entry.network !== mesh?.network;
}

function isBroken({answer, needed}: Flow): boolean {
	return needed && answer.outcome !== 'open' && answer.outcome !== 'not-done';
}

function judge(flow: Flow): Verdict {
	const {id, title, dial, answer} = flow;
	const outcome: Check['outcome'] =
		answer.outcome === 'open'
			? 'passed'
			: answer.outcome === 'not-done'
				? 'not-done'
				: flow.needed
					? 'failed'
					: 'warning';
	const to = joinHostPort(dial.host, dial.port);
	const detail =
		answer.outcome === 'open' || answer.outcome === 'not-done' ? answer.text : `${to}: ${words[answer.outcome]}`;
	const check: Check = {id, title, from: answer.from, to: dial.host, port: dial.port, outcome, detail, ms: answer.ms};
	return {check, findings: []};
}

const words = {
	refused: 'connection refused',
	filtered: 'no answer',
	unreachable: 'no route',
	unresolved: 'the name does not resolve',
	reset: 'closed during the TLS handshake',
	'tls-timeout': 'TCP connects, TLS does not end',
	'tls-untrusted': "a certificate that is not of the mesh's CA",
} as const satisfies Record<Exclude<DialAnswer['outcome'], 'open' | 'not-done'>, string>;

/** One finding for each cause, with every port that shows it as evidence. */
function* causesOf(context: StepContext, gateway: Gateway, broken: readonly Flow[]): Procedure<readonly Finding[]> {
	// A gateway that is not there, not ready or not exposed explains what the VM sees; that finding is told already.
	const explained = context.target.problems.some(({id, severity}) => id.startsWith('gateway.') && severity === 'error');
	const withOutcome = (...outcomes: ReadonlyArray<DialAnswer['outcome']>) =>
		broken.filter(({answer}) => outcomes.includes(answer.outcome));
	const findings: Finding[] = [];
	const tell = (id: FindingId, flows: readonly Flow[], sentence: string) => {
		if (flows.length === 0) return;
		const values = {name: quote(serviceName(gateway)), gw: quote(gateway.address)};
		findings.push(findingAbout(context, id, flows.map(evidenceOf), sentence, values));
	};
	const at = (flows: readonly Flow[]) => flows.map(({dial}) => joinHostPort(dial.host, dial.port)).join(' and ');
	const unresolved = withOutcome('unresolved');
	tell(
		'network.istiod-unresolved',
		unresolved,
		`The gateway's name ${gateway.address} does not resolve on the VM; its IP, given with --gateway, would be pinned instead.`,
	);
	const untrusted = withOutcome('tls-untrusted');
	const issuer = untrusted[0]?.answer.chain.at(-1)?.issuer;
	tell(
		'network.tls-intercepted',
		untrusted,
		`${at(untrusted)} shows a certificate that does not lead to the mesh's CA${issuer === undefined ? '' : ` (issuer ${issuer})`}.`,
	);
	const hanging = withOutcome('tls-timeout');
	if (hanging.length > 0) {
		const lost = yield* losesLargePackets(gateway.address);
		if (lost !== undefined) {
			tell(
				'network.mtu',
				hanging,
				`${at(hanging)} takes connections, and large packets on the way to it get lost (${lost}).`,
			);
		} else if (!explained) {
			tell(
				'network.gateway-blocked',
				hanging,
				`${at(hanging)} takes connections, and nothing answers the TLS handshake.`,
			);
		}
	}
	if (!explained) {
		const blocked = withOutcome('filtered', 'unreachable');
		tell('network.gateway-blocked', blocked, `The VM gets no answer from ${at(blocked)}.`);
		const refused = withOutcome('refused', 'reset');
		tell('network.gateway-refused', refused, `${at(refused)} refuses the VM.`);
	}
	return findings;
}

/** Sizes as findings.md has them: 1372 bytes with headers fill the packets of a tunnel, 500 pass anywhere. undefined: not so, or ping tells nothing. */
function* losesLargePackets(address: string): Procedure<string | undefined> {
	const ping = (size: number) =>
		({
			kind: 'exec',
			as: 'user',
			command: `ping -c 2 -W 2 -M do -s ${size} ${quote(address)}`,
			changes: false,
			timeoutSeconds: 10,
		}) as const;
	const [small, large] = yield* performAll(ping(500), ping(1372));
	return small.code === 0 && large.code === 1 ? 'ping -M do: 500 bytes pass, 1372 do not' : undefined;
}

function evidenceOf({dial, answer}: Flow) {
	const chain = answer.chain.map(({subject, issuer}) => `subject ${subject}, issuer ${issuer}`);
	return {
		source: `TCP ${answer.from} to ${joinHostPort(dial.host, dial.port)}${dial.tls === undefined ? '' : `, TLS ${dial.tls.serverName}`}`,
		text: [`${answer.outcome} after ${answer.ms} ms: ${answer.text}`, ...chain].join('\n'),
	};
}

function serviceName({origin, address}: Gateway): string {
	return /^Service [^/\s]+\/(\S+)$/.exec(origin)?.[1] ?? address;
}
