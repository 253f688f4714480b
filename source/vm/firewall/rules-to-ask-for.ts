import {isIp} from '../../mesh/ip.ts';
import {quote} from '../quote.ts';

/** A way that should be open: new TCP connections between a VM and somewhere else. */
export type Opening = {
	/** Seen from the VM: `out` begins there. */
	readonly direction: 'in' | 'out';
	/** The VM's own address. */
	readonly vm: string;
	/** Addresses or ranges of the other end, as a firewall takes them; a word in capitals stands for what is not known. */
	readonly peers: readonly string[];
	/** What the other end is, in words: `the gateway`, `pods`. */
	readonly peer: string;
	readonly ports: readonly number[];
	/** `istiod`, `the Sidecar's ingress ports`. */
	readonly why: string;
};

/** The rule to ask for, by who is asked: in words for a person, then as each tool takes it. */
export type Rules = Readonly<Record<'text' | 'gcloud' | 'aws' | 'az' | 'ufw' | 'firewalld' | 'nftables', string>>;

/**
 * The same rule for every firewall that may stand in the way. What belongs to an account and is not to be known here stays in capitals:
 * `NETWORK`, `SECURITY_GROUP`, `RESOURCE_GROUP`, `NSG`.
 */
export function rulesToAskFor(opening: Opening): Rules {
	const {direction, vm, peers, ports} = opening;
	const list = ports.join(',');
	const [from, to] = direction === 'out' ? [[vm], peers] : [peers, [vm]];
	const words = `${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`;
	const ends =
		direction === 'out'
			? `from the VM ${vm} to ${opening.peer} (${peers.join(', ')})`
			: `from ${opening.peer} (${peers.join(', ')}) to the VM ${vm}`;
	const name = `meshboard-${direction}-${vm.replaceAll(/[^0-9a-z]/gi, '-').toLowerCase()}-${ports[0] ?? ''}`;
	const all = (make: (peer: string, port: number) => string, joint = '\n') =>
		peers.flatMap((peer) => ports.map((port) => make(peer, port))).join(joint);
	return {
		text: `Allow TCP ${words} ${ends}: ${opening.why}.`,
		gcloud: [
			`gcloud compute firewall-rules create ${name} --network NETWORK`,
			`--direction ${direction === 'out' ? 'EGRESS' : 'INGRESS'} --action ALLOW --rules ${ports.map((port) => `tcp:${port}`).join(',')}`,
			direction === 'out' ? `--destination-ranges ${ranges(peers)}` : `--source-ranges ${ranges(peers)}`,
		].join(' '),
		aws: all(
			(peer, port) =>
				`aws ec2 authorize-security-group-${direction === 'out' ? 'egress' : 'ingress'} --group-id SECURITY_GROUP --ip-permissions ${quote(permission(port, peer))}`,
		),
		az: [
			`az network nsg rule create -g RESOURCE_GROUP --nsg-name NSG -n ${name} --priority 200`,
			`--direction ${direction === 'out' ? 'Outbound' : 'Inbound'} --access Allow --protocol Tcp`,
			`--source-address-prefixes ${from.join(' ')} --destination-address-prefixes ${to.join(' ')} --destination-port-ranges ${ports.join(' ')}`,
		].join(' '),
		ufw: peers
			.map((peer) =>
				direction === 'out'
					? `sudo ufw allow out proto tcp to ${peer} port ${list}`
					: `sudo ufw allow proto tcp from ${peer} to any port ${list}`,
			)
			.join('\n'),
		firewalld: all((peer, port) =>
			direction === 'out'
				? `sudo firewall-cmd --permanent --direct --add-rule ${family(peer)} filter OUTPUT 0 -p tcp -d ${peer} --dport ${port} -j ACCEPT`
				: `sudo firewall-cmd --permanent --add-rich-rule ${quote(`rule family="${family(peer)}" source address="${peer}" port port="${port}" protocol="tcp" accept`)}`,
		).concat('\nsudo firewall-cmd --reload'),
		nftables: peers
			.map((peer) => {
				const [chain, word] = direction === 'out' ? ['output', 'daddr'] : ['input', 'saddr'];
				return `sudo nft insert rule inet filter ${chain} ${peer.includes(':') ? 'ip6' : 'ip'} ${word} ${peer} tcp dport ${quote(`{ ${ports.join(', ')} }`)} accept`;
			})
			.join('\n'),
	};
}

/** An address alone is a range of one. */
function ranges(peers: readonly string[]): string {
	return peers.map(cidr).join(',');
}

function cidr(peer: string): string {
	return !isIp(peer) ? peer : `${peer}/${peer.includes(':') ? 128 : 32}`;
}

function family(peer: string): 'ipv4' | 'ipv6' {
	return peer.includes(':') ? 'ipv6' : 'ipv4';
}

function permission(port: number, peer: string): string {
	const range = peer.includes(':') ? `Ipv6Ranges=[{CidrIpv6=${cidr(peer)}}]` : `IpRanges=[{CidrIp=${cidr(peer)}}]`;
	return `IpProtocol=tcp,FromPort=${port},ToPort=${port},${range}`;
}
