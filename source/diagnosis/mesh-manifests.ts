import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import type {Found, MeshObjects} from '../mesh/mesh-objects.ts';
import {type MeshReadout, readMeshSettings} from '../mesh/mesh-settings.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import type {Finding} from './finding.ts';

/** What a reading of the mesh's settings found that belongs to stage *lint*: `cluster.proxy-config-invalid`. */
export function meshFindings({problems}: Pick<MeshReadout, 'problems'>): readonly Finding[] {
	return problems.filter(({id}) => id === 'cluster.proxy-config-invalid');
}

/** The same of the ConfigMaps among the objects of files, for every revision; what is not among them is not known. */
export function manifestMeshFindings(objects: readonly KubernetesObject[], istioNamespace: string): readonly Finding[] {
	const configMaps = objects.filter(
		({kind, metadata}) => kind === 'ConfigMap' && metadata.namespace === istioNamespace,
	);
	const named = (name: string): Found => configMaps.find(({metadata}) => metadata.name === name);
	const revisions = configMaps.flatMap(({metadata: {name}, data}) =>
		data?.['mesh'] !== undefined && /^istio(?:-.+)?$/.test(name) ? [name.slice('istio-'.length)] : [],
	);
	const namespace = objects.find(({kind, metadata}) => kind === 'Namespace' && metadata.name === istioNamespace);
	const annotations = asRecord(namespace?.metadata.annotations);
	const expansion = asText(annotations['sidecar-bootstrap.istio.io/mesh-expansion-configmap']);
	const readings = (revisions.length === 0 ? [''] : revisions).map((revision, index) =>
		readMeshSettings(
			{
				...nothing,
				istioNamespace,
				revision,
				meshConfig: named(revision === '' ? 'istio' : `istio-${revision}`),
				// The overrides are of every revision, and told once.
				vendorOverrides: index === 0 ? named('global-mesh-expansion') : undefined,
				expansionOverrides: index === 0 && expansion !== '' ? {name: expansion, object: named(expansion)} : undefined,
			},
			undefined,
		),
	);
	return readings.flatMap(meshFindings);
}

const nothing: MeshObjects = {
	context: '',
	istioNamespace: '',
	revision: '',
	otherRevisions: [],
	meshConfig: undefined,
	injector: undefined,
	rootCertificate: undefined,
	vendorOverrides: undefined,
	expansionOverrides: undefined,
	namespace: undefined,
	services: undefined,
	controlPlane: undefined,
	istiodPods: undefined,
	istiodDeployments: undefined,
	gatewayPods: undefined,
	passthrough: undefined,
	nodes: undefined,
	ztunnel: undefined,
	refused: [],
};
