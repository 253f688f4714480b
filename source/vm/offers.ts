import type {VmFacts} from './facts.ts';

/** What a VM itself says that an entry may want: its addresses, and the ports of what runs on it. */
export type VmOffers = {
	/** IPs of its interfaces that others can reach, IPv4 first. */
	readonly addresses: ReadonlyArray<{readonly interface: string; readonly address: string}>;
	/** Listening ports that are neither the system's nor a proxy's. */
	readonly apps: ReadonlyArray<{readonly address: string; readonly port: number; readonly process: string}>;
};

/** Interfaces of container engines and hypervisors: their addresses mean something on the VM alone. */
const inner = /^(lo|docker|br-|veth|virbr|cni|flannel|podman|lxc)/;
/** Where resolvers listen: Docker's and systemd's. */
const resolvers = /^127\.0\.0\.(11|53|54)$/;
/** sshd, DNS, DHCP, portmapper, mail, CUPS; Docker's API. */
const systemPorts = new Set([22, 25, 53, 67, 68, 111, 546, 631, 2375, 2376, 5353, 5355]);

/** Total: what the VM could not tell is not offered. `sshPort`: the one on which it was asked. */
export function offersOf({addresses, listeners}: Pick<VmFacts, 'addresses' | 'listeners'>, sshPort = 22): VmOffers {
	const reachable = (addresses ?? []).filter(
		({interface: name, address}) => !inner.test(name) && !/^(127\.|169\.254\.|::1$|fe[89ab][0-9a-f]:)/i.test(address),
	);
	return {
		addresses: [
			...reachable.filter(({address}) => !address.includes(':')),
			...reachable.filter(({address}) => address.includes(':')),
		],
		apps: (listeners ?? [])
			.filter(
				({address, port, process}) =>
					port !== sshPort &&
					!resolvers.test(address) &&
					!systemPorts.has(port) &&
					(port < 15_000 || port > 15_090) &&
					!/^(sshd|systemd|dockerd|containerd|chronyd|envoy|pilot-agent)/.test(process),
			)
			.filter(({port}, index, all) => all.findIndex((other) => other.port === port) === index)
			.sort((a, b) => a.port - b.port),
	};
}
