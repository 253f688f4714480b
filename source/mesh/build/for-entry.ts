import {type Labels, selectionLabels} from '../labels.ts';
import {endpointPort, type ServiceFacts, selecting} from '../service.ts';
import type {SidecarFacts} from '../sidecar.ts';
import type {WorkloadEntry} from '../workload-entry.ts';
import type {ServiceDraft} from './service.ts';
import {proxyPorts, type SidecarDraft} from './sidecar.ts';
import {formatLabels, formatPorts, listenerProtocols, type PortWord, protocolOf} from './words.ts';

/** Ports below it are root's to bind; the proxy of a VM is not root, and one listener that fails makes it reject all of them. */
const firstFreePort = 1024;

/**
 * What a Sidecar for an entry says: its labels, the ports to which Services send clients, and the ports of the namespace's Services
 * for its own calls. `services`: those of the entry's namespace. `leftOut`: ports of Services that its proxy could not bind.
 */
export function sidecarDraftFor(
	entry: WorkloadEntry,
	services: readonly ServiceFacts[],
): {readonly draft: SidecarDraft; readonly leftOut: readonly number[]} {
	const labels = selectionLabels(entry);
	const reached = selecting(services, labels).flatMap(({ports}) =>
		ports.flatMap((port): PortWord[] => {
			const number = endpointPort(port, entry.ports);
			return number === undefined || port.protocol === 'UDP' ? [] : [listener(port.name, number)];
		}),
	);
	const own = Object.entries(entry.ports).map(([name, number]) => listener(name, number));
	const called = services.flatMap(({ports}) =>
		ports.flatMap((port) => (port.protocol === 'UDP' ? [] : [listener(port.name, port.number)])),
	);
	const egress = distinct(called);
	const free = ({number}: PortWord) => number >= firstFreePort && !proxyPorts.includes(number);
	return {
		draft: {
			name: entry.name,
			namespace: entry.namespace,
			selector: formatLabels(selectorOf(labels)),
			ingress: formatPorts(distinct(reached.length > 0 ? reached : own)),
			egress: formatPorts(egress.filter(free)),
		},
		leftOut: egress.filter((port) => !free(port)).map(({number}) => number),
	};
}

/** What a Service for an entry says: its application, and the entry's own ports, else those that its Sidecar opens. */
export function serviceDraftFor(entry: WorkloadEntry, sidecar: SidecarFacts | undefined): ServiceDraft {
	const labels = selectionLabels(entry);
	const {app} = labels;
	const own = Object.entries(entry.ports).map(([name, number]) => listener(name, number));
	const opened = (sidecar?.ingress ?? []).map(({port, protocol}) => ({
		...listener('', port),
		protocol: listenerProtocols.includes(protocol) ? protocol : undefined,
	}));
	return {
		name: app === undefined || app === '' ? entry.name : app.toLowerCase(),
		namespace: entry.namespace,
		selector: formatLabels(app === undefined ? selectorOf(labels) : {app}),
		ports: formatPorts(distinct(own.length > 0 ? own : opened)),
	};
}

/** What an egress host may be: the namespace's all, Istio's own, and each Service that is known, by its whole name. */
export function hostChoices(namespace: string, services: readonly ServiceFacts[]): readonly string[] {
	const own = services.filter((service) => service.namespace === namespace);
	const others = new Set(services.map((service) => service.namespace).filter((name) => name !== namespace));
	return [
		'./*',
		'istio-system/*',
		...[...others].filter((name) => name !== 'istio-system').map((name) => `${name}/*`),
		...own.map(({name}) => `./${name}.${namespace}.svc.cluster.local`),
	];
}

/** The application and the class, as in the guide: `version` changes while the listeners stay. Without them, every label. */
function selectorOf(labels: Labels): Labels {
	const chosen = Object.entries(labels).filter(([key]) => key === 'app' || key === 'class');
	return labels['app'] === undefined ? labels : Object.fromEntries(chosen);
}

function listener(name: string, number: number): PortWord {
	const protocol = protocolOf(name);
	return {
		name: name === '' ? undefined : name,
		number,
		target: undefined,
		protocol: protocol === 'UDP' ? undefined : protocol,
	};
}

/** One listener for a port: the first, in the order of the ports. */
function distinct(ports: readonly PortWord[]): readonly PortWord[] {
	return ports
		.filter(({number}, index) => ports.findIndex((port) => port.number === number) === index)
		.sort((a, b) => a.number - b.number);
}
