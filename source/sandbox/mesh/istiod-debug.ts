import type {Mesh} from './mesh.ts';

const types = ['cluster', 'listener', 'endpoint'] as const;

/**
 * istiod's debug pages on port 15014 (istio/istio, pilot/pkg/xds/debug.go): who is connected, which instances each proxy has,
 * and the gateways of networks.
 */
export function istiodDebug(mesh: Mesh, path: string): {readonly status: number; readonly body: string} {
	const url = new URL(path, 'http://istiod:15014');
	const namespace = url.searchParams.get('namespace');
	switch (url.pathname) {
		case '/debug/syncz':
			return json(
				mesh
					.proxies()
					.filter(({id}) => namespace === null || id.endsWith(`.${namespace}`))
					.map(({id, nonce}) => ({
						cluster_id: mesh.clusterId,
						proxy: id,
						proxy_type: 'sidecar',
						proxy_version: mesh.version,
						istio_version: mesh.version,
						...Object.fromEntries(
							types.flatMap((type) => [
								[`${type}_sent`, nonce],
								[`${type}_acked`, nonce],
							]),
						),
					})),
			);
		case '/debug/instancesz':
			return json(
				Object.fromEntries(
					mesh.proxies().map(({id, address, serves, labels}) => [
						id,
						serves.map((port) => ({
							Service: {hostname: `${labels['app'] ?? ''}.${id.split('.').at(-1) ?? ''}.svc.cluster.local`},
							Port: {name: 'http', port, protocol: 'HTTP'},
							Target: {ServicePort: {port}, Port: port, Address: address},
						})),
					]),
				),
			);
		case '/debug/networkz':
			return json([
				{
					Network: 'cluster-net',
					Cluster: mesh.clusterId,
					Addr: mesh.gateway.address,
					Port: 15443,
					HBONEPort: 0,
					ServiceAccount: {Namespace: 'istio-system', Name: 'istio-eastwestgateway'},
				},
			]);
		case '/version':
			return {status: 200, body: `${mesh.version}-sandbox-Clean`};
		case '/ready':
			return {status: 200, body: ''};
		default:
			return {status: 404, body: '404 page not found\n'};
	}
}

function json(value: unknown): {readonly status: number; readonly body: string} {
	return {status: 200, body: JSON.stringify(value)};
}
