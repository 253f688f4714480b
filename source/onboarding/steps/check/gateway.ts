import type {FindingId} from '../../../diagnosis/catalogue.ts';
import type {Finding} from '../../../diagnosis/finding.ts';
import {isClusterLocal, istiodName, shortAlias} from '../../../mesh/cluster-local.ts';
import {discoveryAddress, discoveryPort, entryProxyConfig} from '../../../mesh/entry-proxy-config.ts';
import {passthroughPort} from '../../../mesh/gateway.ts';
import {splitHostPort} from '../../../mesh/ip.ts';
import type {Gateway, MeshSettings, Target} from '../../../mesh/target.ts';
import {quote} from '../../../vm/quote.ts';
import {type Dial, type DialAnswer, type Procedure, performAll} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {findingAbout} from '../stopped-by.ts';
import {asBlock, firewallReader, type Peers} from './block.ts';
import {notExposed} from './exposure.ts';
import {endsOf, evidenceOf, type Flow, isBroken, judge, type Way} from './flow.ts';
import {tryOut} from './try-out.ts';
import {outcomeOf, type Verdict, verdict} from './verdict.ts';

/** Seconds for a connection and for its handshake; what takes longer is no way for a proxy. */
const patience = 10;

/** The gateway's ports, dialled from the VM: istiod's with a TLS handshake, and the one that leads to services of the mesh. */
export const gatewayStep: Step = gatewayStepOf(patience);

/** `seconds`: how long an answer is waited for. */
export function gatewayStepOf(seconds: number): Step {
	return {
		id: 'check.gateway',
		phase: 'check',
		title: 'Reach the gateway from the VM',
		plan: () => [],
		*run(context) {
			const {mesh, gateway} = context.target;
			if (gateway === undefined || mesh === undefined)
				return outcomeOf([unknownGateway(context.target)], 'nothing to dial');
			const ways = gatewayWays(context.target, mesh, gateway, seconds);
			const flows = yield* tryOut(context, ways);
			const findings = yield* gatewayCauses(context, gateway, flows.filter(isBroken));
			const open = flows.filter(({answer}) => answer.outcome === 'open').map(({dial}) => dial.port);
			const untested = `nothing could be tested: ${flows[0]?.answer.text ?? ''}`;
			const fine = open.length === 0 ? untested : `${gateway.address} answers on ${open.join(' and ')}`;
			return {...outcomeOf(flows.map(judge), fine), findings};
		},
	};
}

/** What is told where there is nothing to dial. */
export function unknownGateway({gateway}: Target): Verdict {
	const missing = gateway === undefined ? 'no gateway is known' : "the mesh's settings are not known";
	return verdict('gateway.istiod', 'VM to istiod', 'not-done', missing);
}

/** The ways from the VM to istiod and, where the gateway has a port of its own for them, to services of the mesh. */
export function gatewayWays(
	target: Target,
	mesh: MeshSettings,
	gateway: Gateway,
	seconds = patience,
): ReadonlyArray<Way<Dial>> {
	const istiod = {...dialIstiod(target, mesh, gateway), timeoutSeconds: seconds};
	const services = dialServices(gateway, istiod.port, seconds);
	return [
		{id: 'gateway.istiod', title: 'VM to istiod', dial: istiod, why: 'xDS and certificates', needed: true},
		...(services === undefined
			? []
			: [
					{
						id: 'gateway.services',
						title: 'VM to services',
						dial: services,
						why: 'requests to services',
						needed: crosses(target),
					},
				]),
	];
}

/** As the proxy will dial istiod: the port of its configuration, by the name that istiod's certificate has, against the mesh's root. */
function dialIstiod(target: Target, mesh: MeshSettings, gateway: Gateway): Omit<Dial, 'timeoutSeconds'> {
	const meshAddress = splitHostPort(discoveryAddress(mesh.proxyConfig)).host;
	// A control plane of another name is not dialled by the name that the handshake takes here.
	const named = isClusterLocal(meshAddress);
	const serverName = named ? shortAlias(meshAddress, mesh.istioNamespace) : istiodName(mesh);
	return {
		kind: 'dial',
		host: gateway.address,
		port: gateway.port ?? portOf(target, mesh, gateway),
		tls: {serverName, rootCertificate: mesh.rootCertificate, named},
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
function dialServices(gateway: Gateway, istiodPort: number, seconds: number): Dial | undefined {
	const onNode = gateway.nodePorts?.[passthroughPort];
	const port = onNode ?? passthroughPort;
	if (istiodPort === port || (gateway.port !== undefined && onNode === undefined)) return undefined;
	if (gateway.ports.length > 0 && onNode === undefined && !gateway.ports.includes(port)) return undefined;
	return {kind: 'dial', host: gateway.address, port, timeoutSeconds: seconds};
}

/** True when the VM's traffic to services takes the gateway: it is in a network of its own. */
function crosses({entry, mesh}: Target): boolean {
	return entry.network !== '' && entry.network !== mesh?.network;
}

/** One finding for each cause, with every port that shows it as evidence. */
export function* gatewayCauses(
	context: StepContext,
	gateway: Gateway,
	broken: ReadonlyArray<Flow<Dial>>,
	readFirewall = firewallReader(context),
): Procedure<readonly Finding[]> {
	// A gateway that is not there, not ready or not exposed explains what the VM sees; that finding is told already.
	const explained = context.target.problems.some(({id, severity}) => id.startsWith('gateway.') && severity === 'error');
	const withOutcome = (...outcomes: ReadonlyArray<DialAnswer['outcome']>) =>
		broken.filter(({answer}) => outcomes.includes(answer.outcome));
	const findings: Finding[] = [];
	const tell = (id: FindingId, flows: readonly Flow[], sentence: string, complete = (found: Finding) => found) => {
		if (flows.length === 0) return;
		const values = {name: quote(serviceName(gateway)), gw: quote(gateway.address)};
		findings.push(complete(findingAbout(context, id, flows.map(evidenceOf), sentence, values)));
	};
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
		`${endsOf(untrusted)} shows a certificate that does not lead to the mesh's CA${issuer === undefined ? '' : ` (issuer ${issuer})`}.`,
	);
	// Such as the first istiod's, where nothing at the gateway leads to that of a revision (expose-istiod-rev.yaml.tmpl).
	const misnamed = withOutcome('tls-misnamed');
	const {serverName = ''} = misnamed[0]?.dial.tls ?? {};
	tell(
		'xds.name-mismatch',
		misnamed,
		`${endsOf(misnamed)} does not lead to ${serverName}: its certificate is another's. What leads there: meshboard expand${revisionFlag(context.target)}`,
	);
	const hanging = withOutcome('tls-timeout');
	if (hanging.length > 0) {
		const lost = yield* losesLargePackets(gateway.address);
		if (lost !== undefined) {
			tell(
				'network.mtu',
				hanging,
				`${endsOf(hanging)} takes connections, and large packets on the way to it get lost (${lost}).`,
			);
		} else if (!explained) {
			tell(
				'network.gateway-blocked',
				hanging,
				`${endsOf(hanging)} takes connections, and nothing answers the TLS handshake.`,
			);
		}
	}
	if (!explained) {
		const blocked = withOutcome('filtered', 'unreachable');
		const refused = withOutcome('refused', 'reset');
		if (blocked.length + refused.length === 0) return findings;
		const exposed = refused.length === 0 ? undefined : yield* notExposed(context);
		if (exposed !== undefined) return [...findings, withEvidence(exposed, refused)];
		const firewall = yield* readFirewall();
		const peers = gatewayPeers(gateway);
		tell('network.gateway-blocked', blocked, `The VM gets no answer from ${endsOf(blocked)}.`, (found) =>
			withCommandOf(found, asBlock(context, found, blocked, firewall, peers)),
		);
		tell('network.gateway-refused', refused, `${endsOf(refused)} refuses the VM.`, (found) =>
			withRemedyOf(found, asBlock(context, found, refused, firewall, peers)),
		);
	}
	return findings;
}

/** The gateway as the other end of a rule. */
export function gatewayPeers({isIp, address}: Gateway): Peers {
	return {peers: [isIp ? address : 'GATEWAY_RANGE'], peer: isIp ? 'the gateway' : `the gateway ${address}`};
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

/** What refuses need be no rule: the catalogue's remedy is told too. */
function withRemedyOf(found: Finding, block: Finding): Finding {
	return withCommandOf(found, {...block, remedy: {...block.remedy, text: `${block.remedy.text} ${found.remedy.text}`}});
}

function withEvidence(found: Finding, flows: readonly Flow[]): Finding {
	return {...found, evidence: [...found.evidence, ...flows.map(evidenceOf)]};
}

/** What shows afterwards whether the way is open. */
function withCommandOf({remedy: {command}}: Finding, block: Finding): Finding {
	return command === undefined ? block : {...block, remedy: {...block.remedy, command}};
}

function revisionFlag({mesh}: Target): string {
	return mesh === undefined || mesh.revision === '' ? '' : ` --revision ${quote(mesh.revision)}`;
}

function serviceName({origin, address}: Gateway): string {
	return /^Service [^/\s]+\/(\S+)$/.exec(origin)?.[1] ?? address;
}
