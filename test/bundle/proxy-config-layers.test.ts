import {describe, expect, test} from 'vitest';
import {environmentFile} from '../helpers/environment.ts';
import {type Draft, drafts, resolve} from '../helpers/mesh.ts';

/*
 * What a VM's ProxyConfig is made of, the later over the earlier (tetratelabs/istio, istioctl/cmd/sidecar-bootstrap.go and
 * bundle/data.go, ForWorkload): the defaults, the mesh's `defaultConfig`, the vendor's ConfigMap, the one that the Istio namespace's
 * annotation names, the entry's annotation.
 */

type Drafts = ReturnType<typeof drafts>;
const configMap = (name: string, config: string) => `
kind: ConfigMap
metadata: {name: ${name}, namespace: istio-system}
data: {PROXY_CONFIG: '${config}'}`;
const annotate = ({metadata}: Draft, name: string, value: string) => {
	metadata.annotations = {...metadata.annotations, [name]: value};
};

/** How each layer is written into a mesh, the lowest first. */
const layers = {
	mesh: (mesh: Drafts, config: string) => {
		mesh.edit('ConfigMap', 'istio')['data'].mesh = `defaultConfig: ${config}`;
	},
	vendor: (mesh: Drafts, config: string) => mesh.add(configMap('global-mesh-expansion', config)),
	namespace: (mesh: Drafts, config: string) => {
		mesh.add(configMap('for-vms', config));
		annotate(mesh.edit('Namespace', 'istio-system'), 'sidecar-bootstrap.istio.io/mesh-expansion-configmap', 'for-vms');
	},
	entry: (mesh: Drafts, config: string) =>
		annotate(mesh.edit('WorkloadEntry', 'ratings-vm'), 'proxy.istio.io/config', config),
} as const;
type Layer = keyof typeof layers;
const names = Object.keys(layers) as Layer[];

async function written(configs: Readonly<Partial<Record<Layer, string>>>) {
	const mesh = drafts();
	// The highest first, so that it is not the order of the objects that counts.
	for (const name of [...names].reverse()) {
		const config = configs[name];
		if (config !== undefined) layers[name](mesh, config);
	}
	const target = await resolve(mesh.objects());
	const env = environmentFile(target);
	return {env, config: JSON.parse(env['PROXY_CONFIG'] ?? '{}'), problems: target.problems.map(({id}) => id)};
}

const subsets = Array.from({length: 2 ** names.length}, (_, bits) => names.filter((_name, at) => (bits >> at) & 1));

describe('of the layers that set a field, the last stands with all that is in it', () => {
	test.each(subsets.map((set) => [set.join(' < ') || 'none', set] as const))('%s', async (_title, set) => {
		const of = (name: Layer) =>
			`{configPath: /${name}, tracing: {sampling: ${names.indexOf(name) + 1}}, proxyMetadata: {LAYER: ${name}, OF_${name.toUpperCase()}: "1"}}`;
		const {env, config, problems} = await written(Object.fromEntries(set.map((name) => [name, of(name)])));
		const top = set.at(-1);
		expect(problems).toEqual([]);
		expect(config).toMatchObject(
			top === undefined
				? {configPath: './etc/istio/proxy', tracing: {zipkin: {address: 'zipkin.istio-system:9411'}}}
				: {configPath: `/${top}`, tracing: {sampling: names.indexOf(top) + 1}},
		);
		const metadata = top === undefined ? undefined : {LAYER: top, [`OF_${top.toUpperCase()}`]: '1'};
		expect(config.proxyMetadata).toEqual(metadata);
		// They are the proxy's environment too, before all other variables.
		const own = Object.entries(env).filter(([key]) => key === 'LAYER' || key.startsWith('OF_'));
		expect(Object.fromEntries(own)).toEqual(metadata ?? {});
	});
});

test('what only one layer sets is there, whatever the others say', async () => {
	const {config, env} = await written({
		mesh: '{discoveryAddress: "istiod.istio-system.svc:15012", statNameLength: 1, drainDuration: 1s, binaryPath: /mesh, concurrency: 7, extraStatTags: [mesh]}',
		vendor: '{discoveryAddress: "istiod.istio-system.svc:15443", statNameLength: 2, drainDuration: 2s, concurrency: 3}',
		namespace: '{statNameLength: 3, drainDuration: 3s, serviceCluster: of-namespace}',
		entry: '{statNameLength: 4, statusPort: 15026}',
	});
	expect(config).toMatchObject({
		statNameLength: 4,
		statusPort: 15026,
		drainDuration: '3s',
		serviceCluster: 'of-namespace',
		discoveryAddress: 'istiod.istio-system.svc:15443',
		// The mesh's own is for pods; that of VMs is for VMs.
		concurrency: 3,
		binaryPath: '/mesh',
		extraStatTags: ['mesh'],
		terminationDrainDuration: '5s',
	});
	expect(env['CA_ADDR']).toBe('istiod.istio-system.svc:15443');
});
