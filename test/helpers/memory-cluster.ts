import {readFileSync} from 'node:fs';
import {loadAll} from 'js-yaml';
import {exitCodes, UserError} from '../../source/errors.ts';
import type {KubernetesObject} from '../../source/mesh/kubernetes-object.ts';
import type {Cluster, Resource} from '../../source/ports.ts';

const plurals: Readonly<Record<string, string>> = {
	ConfigMap: 'configmaps',
	Namespace: 'namespaces',
	Service: 'services',
	ServiceAccount: 'serviceaccounts',
	Pod: 'pods',
	Node: 'nodes',
	Deployment: 'deployments',
	DaemonSet: 'daemonsets',
	WorkloadEntry: 'workloadentries',
	WorkloadGroup: 'workloadgroups',
	Sidecar: 'sidecars',
	ServiceEntry: 'serviceentries',
	Gateway: 'gateways',
	VirtualService: 'virtualservices',
	ControlPlane: 'controlplanes',
	CustomResourceDefinition: 'customresourcedefinitions',
};

/** The objects of a file with YAML documents. */
export function yamlObjects(path: string | URL): readonly KubernetesObject[] {
	return parseObjects(readFileSync(path, 'utf8'));
}

export function parseObjects(text: string): readonly KubernetesObject[] {
	return loadAll(text).filter((document) => document !== null && document !== undefined) as KubernetesObject[];
}

/** Objects in memory, read through the port that the application reads a real cluster through, with a count of its calls. */
export type MemoryCluster = Cluster & {
	readonly calls: string[];
	/** Makes the calls that this is true for answer 403. */
	refuse(test: (call: string) => boolean): void;
};

export function memoryCluster(
	objects: readonly KubernetesObject[],
	options: {readonly mayCreateTokens?: boolean} = {},
): MemoryCluster {
	let refused: (call: string) => boolean = () => false;
	const calls: string[] = [];
	const note = (call: string) => {
		calls.push(call);
		if (!refused(call)) return;
		throw new UserError({code: 'cluster.forbidden', message: `forbidden: ${call}`, exitCode: exitCodes.notPermitted});
	};
	const of = ({resource}: Resource, namespace: string | undefined) =>
		objects.filter(
			({kind, metadata}) =>
				plurals[kind ?? ''] === resource && (namespace === undefined || (metadata.namespace ?? '') === namespace),
		);
	const never = () => Promise.reject(new Error('not needed here'));
	return {
		context: 'lab',
		server: 'https://lab',
		namespace: 'default',
		calls,
		refuse(test) {
			refused = test;
		},
		async get(resource, namespace, name) {
			note(`get ${resource.resource} ${namespace ?? ''}/${name}`);
			return of(resource, namespace).find(({metadata}) => metadata.name === name);
		},
		async list(resource, namespace, labelSelector) {
			note(`list ${resource.resource} ${namespace ?? '*'}${labelSelector === undefined ? '' : ` ${labelSelector}`}`);
			const terms = (labelSelector ?? '').split(',').filter((term) => term !== '');
			return of(resource, namespace).filter(({metadata}) =>
				terms.every((term) => {
					const [key = '', value] = term.split('=');
					const found = metadata.labels?.[key];
					return value === undefined ? found !== undefined : found === value;
				}),
			);
		},
		async mayI(reviews) {
			note('mayI');
			return reviews.map(() => options.mayCreateTokens ?? true);
		},
		apply: never,
		patch: never,
		remove: never,
		watchEntries: never,
		createToken: never,
		podExec: never,
		istiod: never,
		istiodLog: never,
		clockOffset: () => 0,
		close() {},
	};
}
