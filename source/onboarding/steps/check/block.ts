import type {Evidence, Finding} from '../../../diagnosis/finding.ts';
import {UserError} from '../../../errors.ts';
import {isIp} from '../../../mesh/ip.ts';
import {type FirewallFacts, firewallProbe, parseFirewall} from '../../../vm/firewall/firewall-probe.ts';
import {mayBlock} from '../../../vm/firewall/nftables.ts';
import {decide, type Packet} from '../../../vm/firewall/packet-filter.ts';
import {type Opening, rulesToAskFor} from '../../../vm/firewall/rules-to-ask-for.ts';
import {type Procedure, perform} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import type {Flow} from './flow.ts';

/** The VM's own rules, as the user may read them, else as the admin account may. Asked only when something is blocked. */
function* readFirewall({target}: StepContext): Procedure<FirewallFacts> {
	const look = (as: 'user' | 'admin') => ({kind: 'exec', as, command: firewallProbe, changes: false}) as const;
	const asUser = parseFirewall((yield* perform(look('user'))).stdout);
	const admin = target.adminUser.value;
	if (
		asUser.iptables !== undefined ||
		asUser.nftables !== undefined ||
		admin === undefined ||
		admin === target.ssh.user.value
	)
		return asUser;
	try {
		return parseFirewall((yield* perform(look('admin'))).stdout);
	} catch (error) {
		// An account that does not get in can read nothing: then the owner of the block stays unknown.
		if (error instanceof UserError) return asUser;
		throw error;
	}
}

/** The same, read when it is first wanted and then once. */
export type FirewallReader = () => Procedure<FirewallFacts>;
export function firewallReader(context: StepContext): FirewallReader {
	let known: FirewallFacts | undefined;
	return function* () {
		known ??= yield* readFirewall(context);
		return known;
	};
}

/** The other end of a block: addresses or ranges as a firewall takes them, and what they are in words. */
export type Peers = Pick<Opening, 'peers' | 'peer'>;

/**
 * A finding of a way that is closed, with whose rule closes it as far as the VM's own rules tell, and the rule to ask for in
 * place of the catalogue's remedy.
 */
export function asBlock(
	{target}: StepContext,
	found: Finding,
	flows: readonly Flow[],
	firewall: FirewallFacts,
	peers: Peers,
): Finding {
	const block = blockOf({target}, flows, firewall, peers);
	return {...found, evidence: [...found.evidence, ...block.evidence], remedy: block.remedy};
}

/** Whose rule closes some ways, as far as the VM's own rules tell, and the rule to ask for. */
export function blockOf(
	{target}: Pick<StepContext, 'target'>,
	flows: readonly Flow[],
	firewall: FirewallFacts,
	{peers, peer}: Peers,
): Pick<Finding, 'evidence' | 'remedy'> {
	const vm = target.instanceIp?.value ?? target.entry.address;
	const direction = flows.every(({dial}) => dial.kind === 'pod-dial') ? 'in' : 'out';
	const owners = flows.map(({dial}) =>
		ownerOf(firewall, {
			direction,
			port: dial.port,
			source: direction === 'out' && isIp(vm) ? vm : undefined,
			destination: direction === 'out' ? (isIp(dial.host) ? dial.host : undefined) : isIp(vm) ? vm : undefined,
		}),
	);
	const {text, ...tools} = rulesToAskFor({
		direction,
		vm,
		peers,
		peer,
		ports: [...new Set(flows.map(({dial}) => dial.port))],
		why: [...new Set(flows.map(({why}) => why))].join(' and '),
	});
	const isVm = owners.every(({mayBeVm}) => mayBeVm);
	const {ufw, firewalld, nftables, ...clouds} = tools;
	const ofVm = {ufw, firewalld, nftables};
	return {
		evidence: distinct(owners.map(({evidence}) => evidence)),
		remedy: {
			text: [...new Set(owners.map(({sentence}) => sentence)), text].join(' '),
			rules: isVm ? {...ofVm, ...clouds} : {...clouds, ...ofVm},
		},
	};
}

type Owner = {readonly mayBeVm: boolean; readonly sentence: string; readonly evidence: Evidence};

function ownerOf({iptables, frontEnd, nftables}: FirewallFacts, packet: Packet): Owner {
	if (iptables === undefined && nftables === undefined) {
		return {
			mayBeVm: false,
			sentence: "The VM's own rules could not be read: it is them or the network, such as a cloud's security group.",
			evidence: {source: ofIptables, text: 'sudo asks for a password, or there is neither iptables-save nor nft'},
		};
	}
	const decided = decide(iptables ?? [], packet);
	const special = decided.verdict === 'accept' ? mayBlock(nftables ?? [], packet) : undefined;
	const {verdict, rule, perhaps} = special ?? decided;
	const source = special === undefined ? ofIptables : 'nft list ruleset on the VM';
	if (verdict !== 'accept') {
		const by = frontEnd === undefined ? "The VM's own firewall" : `The VM's own firewall (${frontEnd})`;
		return {
			mayBeVm: true,
			sentence: `${by} ${perhaps ? 'perhaps ' : ''}${verdict === 'drop' ? 'drops' : 'rejects'} it.`,
			evidence: {source, text: rule},
		};
	}
	return {
		mayBeVm: false,
		sentence: "The VM's own rules let it pass: it is the network, such as a cloud's security group.",
		evidence: {
			source,
			text: `nothing drops or rejects TCP port ${packet.port} ${packet.direction === 'in' ? 'to' : 'from'} the VM`,
		},
	};
}

const ofIptables = 'iptables-save on the VM';

function distinct(all: readonly Evidence[]): readonly Evidence[] {
	return [...new Map(all.map((each) => [`${each.source}\n${each.text}`, each])).values()];
}
