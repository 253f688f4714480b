import type {KubernetesObject} from '../../source/mesh/kubernetes-object.ts';
import type {Target} from '../../source/mesh/target.ts';
import {readMesh, readTarget} from '../../source/onboarding/resolve.ts';
import type {Profile} from '../../source/ports.ts';
import {memoryCluster, parseObjects} from './memory-cluster.ts';

/** A sound mesh with an east-west gateway and one entry: `ratings-vm.bookinfo`, its Service, Sidecar and account. */
const soundMesh = `
{apiVersion: v1, kind: Namespace, metadata: {name: istio-system, labels: {topology.istio.io/network: cluster-net}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bookinfo}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    trustDomain: cluster.local
    defaultConfig: {discoveryAddress: istiod.istio-system.svc:15012}
  meshNetworks: 'networks: {}'
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio-sidecar-injector, namespace: istio-system}
data:
  values: '{"global": {"hub": "docker.io/istio", "tag": "1.30.0", "meshID": "lab-mesh", "network": "cluster-net", "multiCluster": {"clusterName": "lab"}}}'
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-ca-root-cert, namespace: istio-system}, data: {root-cert.pem: PEM}}
---
apiVersion: v1
kind: Service
metadata: {name: istiod, namespace: istio-system}
spec: {selector: {app: istiod}, ports: [{port: 15012}]}
---
apiVersion: v1
kind: Pod
metadata: {name: istiod-1, namespace: istio-system, labels: {app: istiod}}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
---
apiVersion: v1
kind: Service
metadata: {name: istio-eastwestgateway, namespace: istio-system, labels: {topology.istio.io/network: cluster-net}}
spec: {type: LoadBalancer, selector: {istio: eastwestgateway}, ports: [{port: 15021}, {port: 15443}, {port: 15012}]}
status: {loadBalancer: {ingress: [{ip: 10.128.0.254}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: istio-system, labels: {istio: eastwestgateway}}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: bookinfo-ratings, namespace: bookinfo}}
---
apiVersion: v1
kind: Service
metadata: {name: ratings, namespace: bookinfo}
spec: {selector: {app: ratings}, ports: [{name: http, port: 9080}]}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: ratings-vm
  namespace: bookinfo
  annotations: {sidecar-bootstrap.istio.io/ssh-user: istio-proxy, sidecar-bootstrap.istio.io/proxy-config-dir: /etc/istio-proxy}
spec:
  address: 10.128.0.2
  serviceAccount: bookinfo-ratings
  labels: {app: ratings, class: vm, version: v3}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: ratings-vm, namespace: bookinfo, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  workloadSelector: {labels: {app: ratings, class: vm}}
  ingress: [{port: {number: 9080, protocol: HTTP, name: http}, defaultEndpoint: '127.0.0.1:9080'}]
  egress: [{bind: 127.0.0.2, port: {number: 9080, protocol: HTTP, name: http}, hosts: [./*]}]
`;

/** An object that a test may change as it likes. */
export type Draft = {
	kind: string;
	metadata: {
		name: string;
		namespace?: string;
		labels?: Record<string, string>;
		annotations?: Record<string, string>;
		creationTimestamp?: string;
	};
	// biome-ignore lint/suspicious/noExplicitAny: objects of tests have every shape, also wrong ones
	[part: string]: any; // eslint-disable-line @typescript-eslint/no-explicit-any
};

/** The sound mesh with a change: `edit(kind, name)` finds an object, `add` and `remove` change the set. */
export function drafts(text = soundMesh) {
	let objects = parseObjects(text) as unknown as Draft[];
	const edit = (kind: string, name: string): Draft => {
		const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
		if (found === undefined) throw new Error(`no ${kind} ${name}`);
		return found;
	};
	return {
		edit,
		add: (more: string) => {
			objects = [...objects, ...(parseObjects(more) as unknown as Draft[])];
		},
		remove: (kind: string, name: string) => {
			objects = objects.filter((object) => object !== edit(kind, name));
		},
		objects: (): readonly KubernetesObject[] => objects,
	};
}

/** What the application makes of a cluster with these objects. */
export async function resolve(
	objects: readonly KubernetesObject[],
	ref = 'ratings-vm.bookinfo',
	flags: Profile = {},
	profile: Profile = {},
): Promise<Target> {
	const cluster = memoryCluster(objects);
	const settings = {flags, profile};
	return readTarget(cluster, await readMesh(cluster, settings), ref, settings);
}
