import {kubectl} from './harness.ts';

type Json = Record<string, unknown> & {kind: string; metadata: Record<string, unknown>; spec: Record<string, unknown>};

/** An Istio namespace of a test's own with the settings of the lab's mesh, which others use and which is left alone: its ConfigMaps. */
export async function ownIstio(namespace: string): Promise<readonly object[]> {
	const names = 'istio istio-sidecar-injector istio-ca-root-cert';
	const {items} = JSON.parse(await kubectl(`-n istio-system get configmaps ${names} -o json`)) as {items: Json[]};
	return [
		{apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}},
		...items.map((item) => ({...item, metadata: {name: item.metadata['name'], namespace}})),
	];
}

/** A Service of such a namespace. */
export function ownService(namespace: string, name: string, spec: object, labels: object = {}): object {
	return {apiVersion: 'v1', kind: 'Service', metadata: {name, namespace, labels}, spec};
}
