import type {Fault} from '../annotations.ts';
import {isPort} from '../ip.ts';
import {asInteger, asList, asRecord, asText, isMapping} from '../untyped.ts';
import {connectionPoolFaults} from './connection-pool.ts';
import {egressHostFaults} from './egress-host.ts';
import {faultOf, unless} from './fault-of.ts';
import {selectorFaults} from './selector.ts';
import {ingressTlsFaults} from './server-tls.ts';
import {
	domainFault,
	goInteger,
	goSplit,
	isAddress,
	isAnyCaseLabel,
	protocolOf,
	socketFault,
	wildcardDomainFault,
} from './words.ts';

const socket = 'unix://';
const endpointForm =
	'sidecar: defaultEndpoint must be of form 127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset';
const unique = 'is there twice (sidecar: ports on IP bound listeners must be unique)';

type Spec = Readonly<Record<string, unknown>>;

/**
 * The rules of a Sidecar but those of its egress hosts (istio/istio, pkg/config/validation/validation.go, ValidateSidecar), in
 * istiod's words where they can be told of a field and its value. What istiod warns of, it takes, and is not told.
 */
export function sidecarFaults(spec: Spec): readonly Fault[] {
	const {ingress, egress, outboundTrafficPolicy, inboundConnectionPool} = spec;
	const empty =
		asList(ingress).length === 0 &&
		asList(egress).length === 0 &&
		!isMapping(outboundTrafficPolicy) &&
		!isMapping(inboundConnectionPool);
	return [
		...selectorFaults(spec['workloadSelector']),
		...(empty ? [faultOf('spec', undefined, 'sidecar: empty configuration provided')] : []),
		...asList(ingress).flatMap((listener, index) => ingressFaults(asRecord(listener), `spec.ingress[${index}]`)),
		...repeated(asList(ingress), 'spec.ingress'),
		...connectionPoolFaults(inboundConnectionPool, 'spec.inboundConnectionPool'),
		...egressFaults(asList(egress).map(asRecord)),
		...policyFaults(outboundTrafficPolicy),
	];
}

/** The rules of the egress hosts alone: they have an id of their own. */
export function sidecarHostFaults(spec: Spec): readonly Fault[] {
	return asList(spec['egress']).flatMap((listener, index) => {
		const path = `spec.egress[${index}].hosts`;
		const hosts = asList(asRecord(listener)['hosts']);
		if (hosts.length === 0)
			return [faultOf(path, undefined, 'sidecar: egress listener must contain at least one host')];
		return hosts.flatMap((host, at) =>
			typeof host === 'string'
				? egressHostFaults(host).map((rule) => faultOf(`${path}[${at}]`, host, `breaks: ${rule}`))
				: [],
		);
	});
}

function ingressFaults(listener: Spec, path: string): readonly Fault[] {
	if (!isMapping(listener['port']))
		return [faultOf(`${path}.port`, undefined, 'sidecar: port is required for ingress listeners')];
	const {port, bind, defaultEndpoint, tls, connectionPool} = listener;
	return [
		...portFaults(port, `${path}.port`),
		...numberFaults(port['number'], `${path}.port.number`),
		...bindFaults(bind, path),
		...endpointFaults(asText(defaultEndpoint), `${path}.defaultEndpoint`),
		...(isMapping(tls) ? ingressTlsFaults(tls, asText(port['protocol']), `${path}.tls`) : []),
		...connectionPoolFaults(connectionPool, `${path}.connectionPool`),
	];
}

/** Name, protocol and the retired target of a listener's port. */
function portFaults(port: Spec, path: string): readonly Fault[] {
	const [name, protocol, target] = [asText(port['name']), asText(port['protocol']), asInteger(port['targetPort'])];
	return [
		...unless((target ?? 0) <= 0, `${path}.targetPort`, target, 'targetPort has no impact on Sidecars'),
		...unless(name === '' || isAnyCaseLabel(name), `${path}.name`, name, 'is an invalid port name'),
		...unless(
			protocol === '' || protocolOf(protocol) !== undefined,
			`${path}.protocol`,
			protocol,
			'is an unsupported protocol',
		),
	];
}

function numberFaults(value: unknown, field: string): readonly Fault[] {
	const number = value ?? 0;
	return unless(typeof number !== 'number' || isPort(number), field, number, 'must be in the range 1..65535');
}

function bindFaults(value: unknown, path: string): readonly Fault[] {
	const bind = asText(value);
	return unless(bind === '' || isAddress(bind), `${path}.bind`, bind, 'is not a valid IP');
}

function endpointFaults(endpoint: string, field: string): readonly Fault[] {
	if (endpoint === '') return [];
	if (endpoint.startsWith(socket)) {
		const wrong = socketFault(endpoint.slice(socket.length));
		return wrong === undefined ? [] : [faultOf(field, endpoint, `is no socket: ${wrong}`)];
	}
	const split = goSplit(endpoint);
	if ('fault' in split) return [faultOf(field, endpoint, `is none: ${split.fault}; ${endpointForm}`)];
	const port = goInteger(split.port);
	return [
		...unless(
			['', '127.0.0.1', '0.0.0.0', '::1', '::'].includes(split.host),
			field,
			endpoint,
			`is none: ${endpointForm}`,
		),
		...(port === undefined
			? [faultOf(field, endpoint, `is none: sidecar: defaultEndpoint port (${split.port}) is not a number`)]
			: unless(isPort(port), field, endpoint, `has a port that is none: ${port} must be in the range 1..65535`)),
	];
}

/** Ports that two listeners have; a socket's (0) is not counted. */
function repeated(listeners: readonly unknown[], path: string): readonly Fault[] {
	const seen = new Set<number>();
	return listeners.flatMap((listener, index) => {
		const port = asRecord(listener)['port'];
		const number = isMapping(port) ? asInteger(port['number']) : undefined;
		if (number === undefined || number === 0) return [];
		const again = seen.has(number);
		seen.add(number);
		return again ? [faultOf(`${path}[${index}].port.number`, number, unique)] : [];
	});
}

function egressFaults(listeners: readonly Spec[]): readonly Fault[] {
	const sockets = new Set<string>();
	return [
		...listeners.flatMap((listener, index) => {
			const path = `spec.egress[${index}]`;
			const {port} = listener;
			if (!isMapping(port)) {
				const last = 'sidecar: the egress listener with empty port should be the last listener in the list';
				return unless(index === listeners.length - 1, `${path}.port`, undefined, last);
			}
			const own = portFaults(port, `${path}.port`);
			if ((port['number'] ?? 0) !== 0)
				return [...own, ...numberFaults(port['number'], `${path}.port.number`), ...bindFaults(listener['bind'], path)];
			const bind = asText(listener['bind']);
			const again = sockets.has(bind);
			sockets.add(bind);
			return [...own, ...socketListenerFaults(listener, bind, path, again)];
		}),
		...repeated(listeners, 'spec.egress'),
	];
}

/** A listener with port 0, which is one of a Unix socket. */
function socketListenerFaults(listener: Spec, bind: string, path: string, again: boolean): readonly Fault[] {
	const wrong = bind.startsWith(socket)
		? socketFault(bind.slice(socket.length))
		: 'sidecar: ports with 0 value must have a unix domain socket bind address';
	return [
		...(wrong === undefined ? [] : [faultOf(`${path}.bind`, bind, wrong)]),
		...unless(
			['', 'DEFAULT', 'NONE'].includes(asText(listener['captureMode'])),
			`${path}.captureMode`,
			listener['captureMode'],
			'sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners',
		),
		...(again
			? [
					faultOf(
						`${path}.bind`,
						bind,
						'is there twice (sidecar: unix domain socket values for listeners must be unique)',
					),
				]
			: []),
	];
}

function policyFaults(value: unknown): readonly Fault[] {
	const path = 'spec.outboundTrafficPolicy';
	if (!isMapping(value)) return [];
	const mode = asText(value['mode']);
	if (mode === 'ALLOW_ANY_DYNAMIC_DNS')
		return [faultOf(`${path}.mode`, mode, 'mode is only supported in MeshConfig, not in Sidecar resource')];
	if (!['', 'REGISTRY_ONLY', 'ALLOW_ANY'].includes(mode))
		return [faultOf(`${path}.mode`, mode, 'is none of REGISTRY_ONLY, ALLOW_ANY')];
	const proxy = value['egressProxy'];
	if (!isMapping(proxy)) return [];
	if (mode !== 'ALLOW_ANY')
		return [
			faultOf(
				`${path}.egressProxy`,
				undefined,
				'sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode',
			),
		];
	const host = asText(proxy['host']);
	const wrong = domainFault(host) ?? wildcardDomainFault(host);
	const subset = asText(proxy['subset']);
	return [
		...(wrong === undefined ? [] : [faultOf(`${path}.egressProxy.host`, host, `is no host: ${wrong}`)]),
		...(isMapping(proxy['port'])
			? numberFaults(proxy['port']['number'], `${path}.egressProxy.port.number`)
			: [faultOf(`${path}.egressProxy.port`, undefined, 'sidecar: egress_proxy port must be non-nil')]),
		...unless(
			subset === '' || isAnyCaseLabel(subset),
			`${path}.egressProxy.subset`,
			subset,
			'is an invalid subset name',
		),
	];
}
