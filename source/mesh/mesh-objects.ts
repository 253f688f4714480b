import type {KubernetesObject} from './kubernetes-object.ts';

/**
 * What was read of a mesh, shared by all targets of a plan. In every field undefined means that it could not be asked
 * (no permission): unknown, which is neither there nor absent. An object that is not there is `absent`.
 */
export type MeshObjects = {
	/** Kubeconfig context, for findings. */
	readonly context: string;
	readonly istioNamespace: string;
	/** Empty for the default revision. */
	readonly revision: string;
	/** Revisions of Istio found when the asked one is not there. */
	readonly otherRevisions: readonly string[];
	/** Names that were asked for instead of those of the revision. */
	readonly configMaps?: {readonly mesh?: string | undefined; readonly injector?: string | undefined};
	/** ConfigMap `istio[-<rev>]`. */
	readonly meshConfig: Found;
	/** ConfigMap `istio-sidecar-injector[-<rev>]`. */
	readonly injector: Found;
	/** ConfigMap `istio-ca-root-cert`. */
	readonly rootCertificate: Found;
	/** ConfigMap `global-mesh-expansion`, with which Tetrate's control plane adapts the proxies of VMs. */
	readonly vendorOverrides: Found;
	/** ConfigMap that an annotation on the Istio namespace names. */
	readonly expansionOverrides: {readonly name: string; readonly object: Found} | undefined;
	/** The Istio namespace itself. */
	readonly namespace: Found;
	/** Services of the Istio namespace, and those anywhere that are, or are said to be, gateways. */
	readonly services: readonly KubernetesObject[] | undefined;
	/** Tetrate's ControlPlane object. */
	readonly controlPlane: Found;
	/** Pods of istiod, of every revision. */
	readonly istiodPods: readonly KubernetesObject[] | undefined;
	/** Deployments of istiod; asked only when there is no Service of istiod. */
	readonly istiodDeployments: readonly KubernetesObject[] | undefined;
	/** Pods behind the chosen gateway's Service. */
	readonly gatewayPods: readonly KubernetesObject[] | undefined;
	/** Istio's Gateways and VirtualServices; asked only when the gateway's Service lacks istiod's own port. */
	readonly passthrough:
		| {readonly gateways: readonly KubernetesObject[]; readonly virtualServices: readonly KubernetesObject[]}
		| undefined;
	/** Nodes of the cluster; asked only when the gateway is reached on a node port. */
	readonly nodes: readonly KubernetesObject[] | undefined;
	/** DaemonSet `ztunnel` of an ambient mesh. */
	readonly ztunnel: Found;
	/** What was refused and is needed, in words: `get configmaps in istio-system`. */
	readonly refused: readonly string[];
};

/** An object, `absent`, or undefined when it could not be asked. */
export type Found = KubernetesObject | 'absent' | undefined;

/** What was read of a namespace with entries. */
export type NamespaceObjects = {
	readonly name: string;
	readonly namespace: Found;
	readonly services: readonly KubernetesObject[] | undefined;
	readonly serviceEntries: readonly KubernetesObject[] | undefined;
	readonly sidecars: readonly KubernetesObject[] | undefined;
	/** Entries of the namespace. */
	readonly entries: readonly KubernetesObject[] | undefined;
	/** This namespace's copy of `istio-ca-root-cert`. */
	readonly rootCertificate: Found;
	readonly mayCreateTokens: boolean | undefined;
	readonly refused: readonly string[];
};

/** Names of the ConfigMaps with the mesh's configuration and the injector's values. */
export function configMapNames({revision, configMaps}: Pick<MeshObjects, 'revision' | 'configMaps'>): {
	readonly mesh: string;
	readonly injector: string;
} {
	const suffix = revision === '' ? '' : `-${revision}`;
	return {
		mesh: configMaps?.mesh ?? `istio${suffix}`,
		injector: configMaps?.injector ?? `istio-sidecar-injector${suffix}`,
	};
}

/** The revisions whose ConfigMap `istio-<rev>` is among these. */
export function revisionsOf(configMaps: readonly KubernetesObject[]): readonly string[] {
	return configMaps.flatMap(({metadata, data}) => {
		const revision = /^istio-(.+)$/.exec(metadata.name)?.[1];
		return revision !== undefined && data?.['mesh'] !== undefined ? [revision] : [];
	});
}

/** The object, when it was asked for and is there. */
export function objectOf(found: Found): KubernetesObject | undefined {
	return found === 'absent' ? undefined : found;
}
