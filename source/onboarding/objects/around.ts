import {readService, type ServiceFacts} from '../../mesh/service.ts';
import {readSidecar, type SidecarFacts} from '../../mesh/sidecar.ts';
import type {Cluster, Resource} from '../../ports.ts';
import {createPermits} from '../permits.ts';

/** What is around an object that is to be made in a namespace, to choose from. What may not be listed is left out. */
export type Around = {
	readonly namespace: string;
	readonly namespaces: readonly string[];
	/** Of the namespace. */
	readonly serviceAccounts: readonly string[];
	/** Of every namespace, or of this one where the others may not be listed. */
	readonly services: readonly ServiceFacts[];
	/** Of the namespace. */
	readonly sidecars: readonly SidecarFacts[];
};

/** Where nothing could be read. */
export const nothingAround: Around = {
	namespace: '',
	namespaces: [],
	serviceAccounts: [],
	services: [],
	sidecars: [],
};

const core = (resource: string): Resource => ({group: '', resource});

/** Looks around in a namespace; empty: only at what the cluster has as a whole. Throws what is not a lack of rights. */
export async function lookAround(cluster: Cluster, namespace: string): Promise<Around> {
	const {list} = createPermits(cluster);
	const here = (resource: Resource) =>
		namespace === '' ? Promise.resolve(undefined) : list(resource, namespace, undefined, 'optional');
	const services = core('services');
	const [namespaces, accounts, everywhere, sidecars] = await Promise.all([
		list(core('namespaces'), undefined, undefined, 'optional'),
		here(core('serviceaccounts')),
		list(services, undefined, undefined, 'optional'),
		here({group: 'networking.istio.io', resource: 'sidecars'}),
	]);
	const found = everywhere ?? (await here(services)) ?? [];
	const names = (objects: typeof namespaces) => (objects ?? []).map(({metadata}) => metadata.name).sort();
	return {
		namespace,
		namespaces: names(namespaces),
		serviceAccounts: names(accounts),
		services: found.map(readService),
		sidecars: (sidecars ?? []).map(readSidecar),
	};
}
