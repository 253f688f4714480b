import {gatewayAddress, kubectl} from './harness.ts';

const service = 'istio-eastwestgateway';

type GatewayPort = {readonly port: number; readonly nodePort: number};

/** The east-west gateway of the lab, which is one for all: who changes it calls `restore` in the end. */
export type EastWestGateway = {
	readonly ports: readonly GatewayPort[];
	/** Changes the spec of its Service. */
	patch(spec: object): Promise<string>;
	/** What its load balancer tells. */
	status(ingress: readonly object[]): Promise<string>;
	/** The load balancer has a name and no IP. The lab's own serves an IP that it is told, so it is told as an external one. */
	nameOnly(host: string): Promise<void>;
	/** The node port of a port. */
	nodePort(port: number): number | undefined;
	/** The gateway as the lab made it. */
	restore(): Promise<void>;
};

/** Reads it as it is now, which is what `restore` brings back. */
export async function eastWestGateway(): Promise<EastWestGateway> {
	const ports: readonly GatewayPort[] = JSON.parse(
		await kubectl(`-n istio-system get svc ${service} -o jsonpath={.spec.ports}`),
	);
	const patch = (spec: object) =>
		kubectl(`-n istio-system patch svc ${service} --type=merge -p`, JSON.stringify({spec}));
	const status = (ingress: readonly object[]) =>
		kubectl(
			`-n istio-system patch svc ${service} --subresource=status --type=merge -p`,
			JSON.stringify({status: {loadBalancer: {ingress}}}),
		);
	return {
		ports,
		patch,
		status,
		async nameOnly(host) {
			await patch({externalIPs: [gatewayAddress]});
			await status([{hostname: host}]);
		},
		nodePort: (port) => ports.find((one) => one.port === port)?.nodePort,
		async restore() {
			await patch({type: 'LoadBalancer', ports, externalIPs: null});
			await status([{ip: gatewayAddress}]);
		},
	};
}
