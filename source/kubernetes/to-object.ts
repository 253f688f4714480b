import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {asRecord, asText} from '../mesh/untyped.ts';

/**
 * An object of the API without its managedFields, which are often the larger half. undefined when it has no name, as nothing
 * that the API server stores. `kind` fills what the items of a list leave out.
 */
export function toObject(value: unknown, kind?: {apiVersion: string; kind: string}): KubernetesObject | undefined {
	const {metadata: given, ...rest} = asRecord(value);
	const {managedFields: _, ...metadata} = asRecord(given);
	const name = asText(metadata['name']);
	// The fields' types are the API server's promise; what reads `spec` and `status` parses them.
	return name === '' ? undefined : {...kind, ...rest, metadata: {...metadata, name}};
}
