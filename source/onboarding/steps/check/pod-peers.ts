import type {KubernetesObject} from '../../../mesh/kubernetes-object.ts';
import {asList, asRecord, asText} from '../../../mesh/untyped.ts';
import {type Procedure, perform} from '../../action.ts';
import type {Peers} from './block.ts';

/** More ranges than this make no rule that anybody would type: then a person names the range. */
const most = 8;

/** Where traffic of pods comes from, as a firewall sees it: their own ranges, and the nodes' addresses where the cluster puts them in their place. */
export function* podPeers(): Procedure<Peers> {
	const nodes = yield* perform({kind: 'list', resource: {group: '', resource: 'nodes'}, namespace: undefined});
	const ranges = nodes.done ? [...new Set(nodes.objects.flatMap(rangesOf))] : [];
	const known = ranges.length > 0 && ranges.length <= most;
	return {peers: known ? ranges : ['POD_RANGE'], peer: 'pods'};
}

function rangesOf({spec, status}: KubernetesObject): readonly string[] {
	const addresses = asList(asRecord(status)['addresses'])
		.map(asRecord)
		.filter((address) => asText(address['type']) === 'InternalIP')
		.map((address) => asText(address['address']));
	const ranges = asList(asRecord(spec)['podCIDRs']).map(asText);
	return [...(ranges.length > 0 ? ranges : [asText(asRecord(spec)['podCIDR'])]), ...addresses].filter(
		(each) => each !== '',
	);
}
