/** The part of a Kubernetes object that meshboard reads. `spec`, `status` and `data` are data from outside: parse before use. */
export type KubernetesObject = {
	readonly apiVersion?: string;
	readonly kind?: string;
	readonly metadata: {
		readonly name: string;
		readonly namespace?: string;
		readonly uid?: string;
		readonly resourceVersion?: string;
		readonly creationTimestamp?: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
	};
	readonly spec?: unknown;
	readonly status?: unknown;
	readonly data?: Readonly<Record<string, string>>;
};
