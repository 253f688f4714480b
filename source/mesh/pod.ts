import type {KubernetesObject} from './kubernetes-object.ts';
import {asList, asRecord} from './untyped.ts';

/** A pod whose condition Ready is True. */
export function isReady(pod: KubernetesObject): boolean {
	return asList(asRecord(pod.status)['conditions'])
		.map(asRecord)
		.some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True');
}
