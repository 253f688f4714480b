import {endpointPort, readService} from '../../../mesh/service.ts';
import type {Target} from '../../../mesh/target.ts';
import {asList, asRecord, asText} from '../../../mesh/untyped.ts';

/** A way from a client to the entry: a Service's port, and the port of the VM to which it leads. */
export type Route = {
	readonly service: string;
	readonly namespace: string;
	readonly port: number;
	/** Port of the VM; undefined when the Service names one that the entry does not have. */
	readonly vmPort: number | undefined;
	/** By the name or `appProtocol`, as Istio tells it (istio.io, "Protocol Selection"); `auto` where nothing says. */
	readonly protocol: string;
};

const known = ['http', 'http2', 'https', 'grpc', 'grpc-web', 'tls', 'tcp', 'mongo', 'mysql', 'redis', 'udp'];

/** The ports of the Services that select the entry; those of a Service in its order. */
export function routesTo({services, entry}: Target): readonly Route[] {
	return services.flatMap((object) => {
		const service = readService(object);
		const declared = asList(asRecord(object.spec).ports).map((port) => asText(asRecord(port).appProtocol));
		return service.ports.map((port, index) => ({
			service: service.name,
			namespace: service.namespace || entry.namespace,
			port: port.number,
			vmPort: endpointPort(port, entry.ports),
			protocol: port.protocol === 'UDP' ? 'udp' : protocolOf(port.name, declared[index] ?? ''),
		}));
	});
}

/** A plain HTTP request means something on this port. */
export function takesHttp({protocol}: Route): boolean {
	return protocol === 'http' || protocol === 'auto';
}

function protocolOf(name: string, declared: string): string {
	const words = [declared.toLowerCase(), name.toLowerCase()].filter(Boolean);
	for (const word of words) {
		const found = known.find((protocol) => word === protocol || word.startsWith(`${protocol}-`));
		if (found !== undefined) return word.startsWith('grpc-web') ? 'grpc-web' : found;
	}
	return 'auto';
}
