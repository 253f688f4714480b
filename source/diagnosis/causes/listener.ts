import {correctSidecar} from '../../mesh/correct-sidecar.ts';
import {splitHostPort} from '../../mesh/ip.ts';
import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import type {Egress, SidecarFacts} from '../../mesh/sidecar.ts';
import {visiblePorts} from '../../mesh/visible-services.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';

const ownPorts: ReadonlySet<number> = new Set([15000, 15020, 15021, 15053, 15090]);
const local: ReadonlySet<string> = new Set(['', '127.0.0.1', '0.0.0.0', '::', '::1']);

/**
 * `listener.egress-conflict`, with interception NONE, where every egress listener is a real one. A listener without port has one for
 * each port of each service that its hosts name; a Sidecar without egress has that for all (istio/istio,
 * pilot/pkg/networking/core/listener.go, buildSidecarOutboundListeners). `services`: the Services and ServiceEntries that are known.
 */
export function egressConflict(
	interceptionMode: string,
	sidecar: SidecarFacts | undefined,
	services: readonly KubernetesObject[],
): readonly Finding[] {
	if (interceptionMode !== 'NONE' || sidecar === undefined || sidecar.ingress.length === 0) return [];
	const {namespace, name} = sidecar;
	const everything: Egress = {port: undefined, bind: '', hosts: ['*/*']};
	const listeners = sidecar.egress.length === 0 ? [everything] : sidecar.egress;
	const apps = new Set(
		sidecar.ingress.flatMap(({defaultEndpoint}) => {
			const {host, port} = splitHostPort(defaultEndpoint);
			return port !== undefined && local.has(host) ? [port] : [];
		}),
	);
	const taken = (port: number, bind: string) => {
		if (!local.has(bind)) return undefined;
		if (ownPorts.has(port)) return 'which the proxy has';
		return apps.has(port) ? 'which the application has' : undefined;
	};
	const away = new Set<number>();
	const evidence = listeners.flatMap(({port, bind, hosts}, index) => {
		const where =
			sidecar.egress.length === 0 ? 'without egress the listener for every Service' : `spec.egress[${index}]`;
		const at = (number: number) => `${bind || '127.0.0.1'}:${number}`;
		const conflicts =
			port === undefined
				? visiblePorts(hosts, namespace, services)
						.filter((one) => !listeners.slice(0, index).some((other) => other.port === one.port && other.bind === bind))
						.flatMap((one) => {
							const why = taken(one.port, bind) ?? (one.port < 1024 ? 'which only root may take' : undefined);
							return why === undefined
								? []
								: [{port: one.port, text: `${where} wants ${at(one.port)} for ${one.of}, ${why}`}];
						})
				: [taken(port, bind)].flatMap((why) =>
						why === undefined ? [] : [{port, text: `${where} wants ${at(port)}, ${why}`}],
					);
		if (conflicts.some((one) => taken(one.port, bind) !== undefined)) away.add(index);
		return conflicts.map(({text}) => ({source: `sidecar ${namespace}/${name}`, text}));
	});
	if (evidence.length === 0) return [];
	return [
		finding('listener.egress-conflict', {
			target: `sidecar/${namespace}/${name}`,
			evidence: evidence.length > 10 ? [...evidence.slice(0, 10), more(sidecar, evidence.length - 10)] : evidence,
			// Privileged ports stay closed wherever they are bound: a person must name the hosts.
			...(away.size === 0 ? {} : {manifest: correctSidecar(sidecar.object, {away})}),
		}),
	];
}

function more({namespace, name}: SidecarFacts, count: number) {
	return {source: `sidecar ${namespace}/${name}`, text: `and ${count} more`};
}
