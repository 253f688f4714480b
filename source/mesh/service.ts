import type {KubernetesObject} from './kubernetes-object.ts';
import {type Labels, selects} from './labels.ts';
import {asInteger, asList, asRecord, asText, asTexts} from './untyped.ts';

/** A port of a Service or ServiceEntry. `target` is a number, or a name that the entry's `ports` must have. */
export type ServicePort = {
	readonly name: string;
	readonly number: number;
	readonly target: number | string | undefined;
	readonly protocol: string;
};

/** What a Service or ServiceEntry says about the workloads behind it. */
export type ServiceFacts = {
	readonly kind: 'service' | 'serviceentry';
	readonly namespace: string;
	readonly name: string;
	/** Empty: it selects nothing. */
	readonly selector: Labels;
	readonly ports: readonly ServicePort[];
	/** As it was read. */
	readonly object: KubernetesObject;
};

export function readService(object: KubernetesObject): ServiceFacts {
	const spec = asRecord(object.spec);
	return {
		kind: 'service',
		namespace: object.metadata.namespace ?? '',
		name: object.metadata.name,
		selector: asTexts(spec['selector']),
		ports: readPorts(spec['ports'], 'port'),
		object,
	};
}

export function readServiceEntry(object: KubernetesObject): ServiceFacts {
	const spec = asRecord(object.spec);
	return {
		kind: 'serviceentry',
		namespace: object.metadata.namespace ?? '',
		name: object.metadata.name,
		selector: asTexts(asRecord(spec['workloadSelector'])['labels']),
		ports: readPorts(spec['ports'], 'number'),
		object,
	};
}

/** Those that select a workload with these labels. */
export function selecting(services: readonly ServiceFacts[], labels: Labels): readonly ServiceFacts[] {
	return services.filter((service) => selects(service.selector, labels));
}

/**
 * The port of the VM that clients are sent to: the entry's `ports` by the name of the target (or of the service port), else the
 * target's number, else the port itself; undefined when the target is a name that the entry does not have: istiod then leaves the
 * endpoint out (istio/istio, pilot/pkg/serviceregistry/kube/controller, serviceInstanceFromWorkloadInstance).
 */
export function endpointPort(port: ServicePort, entryPorts: Readonly<Record<string, number>>): number | undefined {
	const named = (name: string) => (Object.hasOwn(entryPorts, name) ? entryPorts[name] : undefined);
	if (typeof port.target === 'string') return named(port.target);
	return named(port.name) ?? port.target ?? port.number;
}

function readPorts(value: unknown, numberKey: 'port' | 'number'): readonly ServicePort[] {
	return asList(value).flatMap((item) => {
		const port = asRecord(item);
		const number = asInteger(port[numberKey]);
		if (number === undefined) return [];
		const target = port['targetPort'];
		return [
			{
				name: asText(port['name']),
				number,
				target: asInteger(target) ?? (asText(target) === '' ? undefined : asText(target)),
				protocol: asText(port['protocol']) || 'TCP',
			},
		];
	});
}
