import {selectionLabels} from '../../../mesh/labels.ts';
import {type Endpoint, egressNamespaces, sampleEndpoints} from '../../../mesh/sample-endpoints.ts';
import {effectiveSidecar, readSidecars, sidecarClaims} from '../../../mesh/sidecar.ts';
import type {Target} from '../../../mesh/target.ts';
import {type Procedure, perform, performAll} from '../../action.ts';

/** A sample is as good as all of them: one rule lets a VM reach a network, or does not. */
const most = 3;

/** Nobody is there to be reached. */
export const noPods = 'no Service that the VM may use has a ready pod';

/** A sample of real endpoints behind the Services that the VM's Sidecar lets in, or why there is none. */
export function* readEndpoints({entry, mesh}: Target): Procedure<readonly Endpoint[] | string> {
	const kind = (group: string, resource: string, namespace: string) =>
		({kind: 'list', resource: {group, resource}, namespace}) as const;
	const sidecars = yield* perform(kind('networking.istio.io', 'sidecars', entry.namespace));
	if (!sidecars.done) return sidecars.text;
	const sidecar = effectiveSidecar(sidecarClaims(readSidecars(sidecars.objects), selectionLabels(entry)));
	const named = sidecar?.egress.flatMap((egress) => egress.hosts) ?? [];
	// Without a word about it a Sidecar lets in every Service (istio/api, Sidecar.egress).
	const hosts = named.length > 0 ? named : ['*/*'];
	const namespaces = egressNamespaces(hosts, entry.namespace, mesh?.istioNamespace ?? 'istio-system');
	const lists = yield* performAll(
		...namespaces.flatMap((namespace) => [
			kind('', 'services', namespace),
			kind('discovery.k8s.io', 'endpointslices', namespace),
		]),
	);
	const objects = lists.map((list) => (list.done ? list.objects : []));
	const of = (rest: number) => objects.filter((_, index) => index % 2 === rest).flat();
	const endpoints = sampleEndpoints(hosts, entry.namespace, of(0), of(1), most);
	if (endpoints.length > 0) return endpoints;
	const refused = lists.find(({done}) => !done);
	return refused !== undefined && !refused.done ? refused.text : noPods;
}
