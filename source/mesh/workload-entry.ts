/** A WorkloadEntry of networking.istio.io (any served version), without managedFields and kubectl's last-applied copy. */
export type WorkloadEntry = {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly resourceVersion: string;
	/** RFC 3339. */
	readonly createdAt: string;
	/** `spec.address`: an IP, a DNS name, or `unix://…`; empty when the entry has only a network. */
	readonly address: string;
	/** `spec.network`; empty: the mesh decides. */
	readonly network: string;
	/** `spec.serviceAccount`; empty when missing. */
	readonly serviceAccount: string;
	/** `spec.ports`: port name to number. */
	readonly ports: Readonly<Record<string, number>>;
	/** `metadata.labels`. */
	readonly metadataLabels: Readonly<Record<string, string>>;
	/** `spec.labels`. */
	readonly specLabels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
	/** What its probe says, where istiod waits for that; absent where nothing is probed. */
	readonly health?: EntryHealth;
};

/** The condition `Healthy` of a WorkloadEntry. */
export type EntryHealth = {
	/** `True`, `False`, or empty without such a condition, which counts as unhealthy too. */
	readonly status: string;
	readonly message: string;
	/** Of the last probe, RFC 3339; empty when it says none. */
	readonly at: string;
};

/** `<name>.<namespace>`, the way in which commands, screens and istiod name an entry. */
export type TargetRef = string;

/** The name of an entry as commands and istiod write it: `<name>.<namespace>`. */
export function refOf(entry: {readonly name: string; readonly namespace: string}): TargetRef {
	return `${entry.name}.${entry.namespace}`;
}
