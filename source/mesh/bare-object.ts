import type {KubernetesObject} from './kubernetes-object.ts';
import {asRecord, asTexts} from './untyped.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object as a person writes it: without what the server adds (uid, versions, times, status) and without kubectl's copy of it. */
export function bareObject(object: KubernetesObject): KubernetesObject {
	const {name, namespace, labels, annotations} = object.metadata;
	const {[lastApplied]: _, ...own} = asTexts(annotations);
	const filled = (value: object | undefined) => value !== undefined && Object.keys(value).length > 0;
	return {
		...(object.apiVersion === undefined ? {} : {apiVersion: object.apiVersion}),
		...(object.kind === undefined ? {} : {kind: object.kind}),
		metadata: {
			name,
			...(namespace === undefined ? {} : {namespace}),
			...(filled(labels) ? {labels: asTexts(labels)} : {}),
			...(filled(own) ? {annotations: own} : {}),
		},
		...(object.spec === undefined ? {} : {spec: sorted(object.spec)}),
		...(object.data === undefined ? {} : {data: object.data}),
	};
}

/** Keys in one order, so that a diff shows what changed and not who wrote it. Lists keep theirs. */
function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(asRecord(value))
			.sort(([one], [other]) => (one < other ? -1 : 1))
			.map(([key, inner]) => [key, sorted(inner)]),
	);
}
