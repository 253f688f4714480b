import {asInteger, asList, asRecord, asText, asTexts} from '../../mesh/untyped.ts';
import type {Kind} from '../api/kinds.ts';
import {kindOf, kinds} from '../api/kinds.ts';
import type {ObjectStore, StoredObject} from '../api/object-store.ts';
import type {MeshObjects} from '../mesh/mesh.ts';
import type {Seed} from './build.ts';

/** Puts objects into the store as they are, made so many days ago. */
export function plant(store: ObjectStore, seeds: readonly Seed[], days: number): void {
	const createdAt = new Date(Date.now() - days * 86_400_000);
	for (const seed of seeds) {
		const [group = ''] = seed.apiVersion.includes('/') ? seed.apiVersion.split('/') : [''];
		const kind = kinds.find((candidate) => candidate.group === group && candidate.kind === seed.kind);
		if (kind === undefined) throw new Error(`${seed.apiVersion} ${seed.kind} is not served`);
		store.create(kind, {...seed}, createdAt);
	}
}

/** What the sandbox's istiod makes of the Sidecars in the store. */
export function readMeshObjects(store: ObjectStore): MeshObjects {
	return {
		inbound: (namespace, labels) =>
			asList(asRecord(sidecarOf(store, namespace, labels)?.spec)['ingress']).map((item) => {
				const ingress = asRecord(item);
				return {
					port: asInteger(asRecord(ingress['port'])['number']) ?? 0,
					bind: asText(ingress['bind']) || undefined,
					endpoint: asText(ingress['defaultEndpoint']),
				};
			}),
		outbound: (namespace, labels) =>
			asList(asRecord(sidecarOf(store, namespace, labels)?.spec)['egress']).flatMap((item) => {
				const egress = asRecord(item);
				const port = asInteger(asRecord(egress['port'])['number']);
				return port === undefined ? [] : [{port, bind: asText(egress['bind']) || '127.0.0.1'}];
			}),
	};
}

/** The Sidecar whose selector fits, the oldest first; one without a selector only when there is no other. */
function sidecarOf(
	store: ObjectStore,
	namespace: string,
	labels: Readonly<Record<string, string>>,
): StoredObject | undefined {
	const kind: Kind | undefined = kindOf('networking.istio.io', 'sidecars');
	const all = kind === undefined ? [] : store.list(kind, namespace);
	const selectorOf = (sidecar: StoredObject) =>
		Object.entries(asTexts(asRecord(asRecord(sidecar.spec)['workloadSelector'])['labels']));
	return (
		all.find(
			(sidecar) => selectorOf(sidecar).length > 0 && selectorOf(sidecar).every(([key, value]) => labels[key] === value),
		) ?? all.find((sidecar) => selectorOf(sidecar).length === 0)
	);
}
