import type {KubernetesObject} from './kubernetes-object.ts';

/** `workloadentry/bookinfo/ratings-vm`, as findings name an object. */
export function objectName({kind = '', metadata}: KubernetesObject): string {
	const place = metadata.namespace === undefined ? '' : `${metadata.namespace}/`;
	return `${kind.toLowerCase()}/${place}${metadata.name}`;
}
