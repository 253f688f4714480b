import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import type {MeshObjects, NamespaceObjects} from '../../mesh/mesh-objects.ts';
import {configMapNames, objectOf} from '../../mesh/mesh-objects.ts';
import {isReady} from '../../mesh/pod.ts';
import {asRecord, asText, asTexts} from '../../mesh/untyped.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';

type Mesh = Pick<MeshObjects, 'context' | 'istioNamespace' | 'revision' | 'otherRevisions'>;

/** `cluster.istio-missing`: `missing` lists what was looked for in vain. */
export function istioMissing(mesh: Mesh, missing: readonly string[]): Finding {
	const others = mesh.otherRevisions.length === 0 ? [] : [`revisions found: ${mesh.otherRevisions.join(', ')}`];
	const asked = mesh.revision === '' ? '' : ` of revision ${mesh.revision}`;
	return finding('cluster.istio-missing', {
		target: `cluster/${mesh.context}`,
		evidence: [...missing, ...others].map((text) => ({source: `namespace ${mesh.istioNamespace}`, text})),
		values: {i: mesh.istioNamespace},
		summary: `Istio${asked} is absent or incomplete in namespace ${mesh.istioNamespace}.`,
	});
}

/** What of Istio itself is absent, beyond its ConfigMaps: neither Service nor Deployment of istiod. */
export function istiodAbsent(mesh: MeshObjects): readonly string[] {
	const service = istiodService(mesh);
	if (mesh.services === undefined || service !== undefined) return [];
	if (mesh.istiodDeployments === undefined || mesh.istiodDeployments.length > 0) return [];
	return [`no Service ${istiodName(mesh)}, and no Deployment with app=istiod`];
}

/** `cluster.istiod-not-ready`: istiod is installed in this cluster, and none of its pods is ready. */
export function istiodNotReady(mesh: MeshObjects): readonly Finding[] {
	const {istiodPods, services, istioNamespace} = mesh;
	if (istiodPods === undefined || services === undefined) return [];
	const service = istiodService(mesh);
	// A Service without selector leads to an istiod elsewhere: its pods cannot be seen from here.
	const selector = asTexts(asRecord(service?.spec)['selector']);
	if (service === undefined || Object.keys(selector).length === 0) return [];
	const own = istiodPods.filter((pod) =>
		Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value),
	);
	if (own.some(isReady)) return [];
	const seen = own.map(
		(pod) => `${pod.metadata.name}: ${asText(asRecord(pod.status)['phase']) || 'phase unknown'}, not ready`,
	);
	return [
		finding('cluster.istiod-not-ready', {
			target: `cluster/${mesh.context}`,
			evidence: (seen.length > 0 ? seen : ['there is no such pod']).map((text) => ({
				source: `pods -n ${istioNamespace} -l ${Object.entries(selector)
					.map((pair) => pair.join('='))
					.join(',')}`,
				text,
			})),
			values: {i: istioNamespace},
		}),
	];
}

/** `cluster.unsupported-setting`: `global` of the injector's values. An absent key is fine: newer charts have none. */
export function unsupportedSettings(mesh: Mesh, global: Readonly<Record<string, unknown>>): readonly Finding[] {
	const wrong = [
		{key: 'jwtPolicy', wanted: 'third-party-jwt'},
		{key: 'pilotCertProvider', wanted: 'istiod'},
	].filter(({key, wanted}) => (global[key] ?? wanted) !== wanted);
	if (wrong.length === 0) return [];
	return [
		finding('cluster.unsupported-setting', {
			target: `cluster/${mesh.context}`,
			evidence: wrong.map(({key, wanted}) => ({
				source: `ConfigMap ${configMapNames(mesh).injector} in ${mesh.istioNamespace}`,
				text: `global.${key} is ${JSON.stringify(global[key])}, VMs need ${JSON.stringify(wanted)}`,
			})),
		}),
	];
}

/** `cluster.proxy-config-invalid`: `at` names the object at fault, `error` says which line or field. */
export function proxyConfigInvalid(
	mesh: Pick<MeshObjects, 'istioNamespace'>,
	at: {readonly kind: string; readonly name: string; readonly namespace: string; readonly key: string},
	error: unknown,
): Finding {
	const text = error instanceof Error ? error.message : String(error);
	const invalid = finding('cluster.proxy-config-invalid', {
		target: `${at.kind}/${at.namespace}/${at.name}`,
		evidence: [{source: `${at.kind} ${at.namespace}/${at.name}, ${at.key}`, text}],
		values: {name: at.name, i: mesh.istioNamespace},
	});
	if (at.kind === 'configmap') return invalid;
	const command = `kubectl get workloadentry ${at.name} -n ${at.namespace} -o yaml`;
	return {...invalid, remedy: {text: invalid.remedy.text, command}};
}

/** `cluster.forbidden`: one finding lists all that is missing. */
export function forbidden(context: string, namespace: string, refused: readonly string[]): readonly Finding[] {
	if (refused.length === 0) return [];
	const missing = [...new Set(refused)];
	return [
		finding('cluster.forbidden', {
			target: `cluster/${context}`,
			evidence: missing.map((text) => ({source: 'HTTP 403', text})),
			values: {ns: namespace},
			summary: `You may not read all that onboarding needs: ${missing.length} right${missing.length === 1 ? ' is' : 's are'} missing.`,
		}),
	];
}

/** `cluster.ambient`: the mesh, or the namespace of the entry, runs ambient. */
export function ambient(mesh: MeshObjects, {name, namespace}: NamespaceObjects): readonly Finding[] {
	const ztunnel = objectOf(mesh.ztunnel) === undefined ? [] : [`DaemonSet ztunnel in ${mesh.istioNamespace}`];
	const mode = objectOf(namespace)?.metadata.labels?.['istio.io/dataplane-mode'];
	const labelled = mode === 'ambient' ? [`Namespace ${name} has istio.io/dataplane-mode=ambient`] : [];
	const evidence = [...ztunnel, ...labelled].map((text) => ({source: 'cluster', text}));
	return evidence.length === 0 ? [] : [finding('cluster.ambient', {target: `cluster/${mesh.context}`, evidence})];
}

function istiodName({revision}: Mesh): string {
	return revision === '' ? 'istiod' : `istiod-${revision}`;
}

/** The Service of istiod in the Istio namespace, if it is there. */
export function istiodService(mesh: MeshObjects): KubernetesObject | undefined {
	return mesh.services?.find(
		({metadata}) => metadata.name === istiodName(mesh) && metadata.namespace === mesh.istioNamespace,
	);
}
