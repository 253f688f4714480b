import type {KubernetesObject} from './kubernetes-object.ts';
import {asList, asRecord, asText} from './untyped.ts';

/** A pod whose condition Ready is True. */
export function isReady(pod: KubernetesObject): boolean {
	return asList(asRecord(pod.status)['conditions'])
		.map(asRecord)
		.some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True');
}

/** `<pod> is not ready`, with the reason that the kubelet gives for a container that waits, such as ImagePullBackOff. */
export function unreadiness({metadata, status}: KubernetesObject): string {
	const waiting = asList(asRecord(status)['containerStatuses'])
		.map((container) => asText(asRecord(asRecord(asRecord(container)['state'])['waiting'])['reason']))
		.filter((reason) => reason !== '');
	return `${metadata.name} is not ready${waiting.length === 0 ? '' : `: ${waiting.join(', ')}`}`;
}
