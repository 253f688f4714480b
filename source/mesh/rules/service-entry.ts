import type {Fault} from '../annotations.ts';
import {isPort} from '../ip.ts';
import {asInteger, asList, asRecord, asText, isMapping} from '../untyped.ts';
import {endpointFaults} from './endpoint.ts';
import {exportFaults} from './export-to.ts';
import {faultOf, unless} from './fault-of.ts';
import {selectorFaults} from './selector.ts';
import {domainFault, isAddressBlock, isAnyCaseLabel, isHttp, isTls, protocolOf, wildcardDomainFault} from './words.ts';

type Spec = Readonly<Record<string, unknown>>;

/** What concerns an object beyond its spec. */
type Around = {readonly namespace: string; readonly labels: Readonly<Record<string, string>>};

/**
 * The rules of a ServiceEntry: of istiod (istio/istio, pkg/config/validation/validation.go, ValidateServiceEntry) and of its CRD,
 * which counts a field that is set and empty as set.
 */
export function serviceEntryFaults(spec: Spec, around: Around): readonly Fault[] {
	const hosts = asList(spec['hosts']).filter((host) => typeof host === 'string');
	const ports = asList(spec['ports']).map(asRecord);
	const endpoints = asList(spec['endpoints']).map(asRecord);
	const resolution = asText(spec['resolution']) || 'NONE';
	const set = (field: string) => spec[field] !== undefined && spec[field] !== null;
	return [
		...selectorFaults(spec['workloadSelector']),
		...(set('workloadSelector') && set('endpoints')
			? [faultOf('spec.endpoints', undefined, 'only one of WorkloadSelector or Endpoints can be set')]
			: []),
		...hostFaults(hosts),
		...addressFaults(asList(spec['addresses']), resolution),
		...portFaults(ports),
		...(resolution === 'NONE' && set('endpoints')
			? [faultOf('spec.endpoints', undefined, 'no endpoints should be provided for resolution type none')]
			: []),
		...endpoints.flatMap((endpoint, index) => addressOf(endpoint, `spec.endpoints[${index}]`)),
		...(resolution === 'STATIC' || resolution.startsWith('DNS')
			? endpoints.flatMap((endpoint, index) => servedFaults(endpoint, index, ports, resolution))
			: []),
		...(resolution.startsWith('DNS') ? dnsFaults(hosts, endpoints, resolution) : []),
		...(resolution === 'DYNAMIC_DNS' ? dynamicFaults(spec, hosts, ports, around) : []),
		...severalHosts(hosts, ports, resolution),
		...exportFaults(asList(spec['exportTo']), around.namespace),
	];
}

function hostFaults(hosts: readonly string[]): readonly Fault[] {
	if (hosts.length === 0) return [faultOf('spec.hosts', undefined, 'service entry must have at least one host')];
	return hosts.flatMap((host, index) => {
		const wrong = host === '*' ? 'invalid host *' : wildcardDomainFault(host);
		return wrong === undefined ? [] : [faultOf(`spec.hosts[${index}]`, host, `is no host: ${wrong}`)];
	});
}

function addressFaults(addresses: readonly unknown[], resolution: string): readonly Fault[] {
	return addresses.flatMap((address, index) => {
		if (typeof address !== 'string') return [];
		const field = `spec.addresses[${index}]`;
		const block = address.includes('/');
		return [
			...unless(isAddressBlock(address), field, address, block ? 'is not a valid CIDR block' : 'is not a valid IP'),
			...unless(
				!block || ['NONE', 'STATIC'].includes(resolution),
				field,
				address,
				'is a block: CIDR addresses are allowed only for NONE/STATIC resolution types',
			),
		];
	});
}

function portFaults(ports: readonly Spec[]): readonly Fault[] {
	const names = ports.map((port) => asText(port['name']));
	const numbers = ports.map((port) => asInteger(port['number']) ?? 0);
	return ports.flatMap((port, index) => {
		const path = `spec.ports[${index}]`;
		const [name = '', number = 0, protocol] = [names[index], numbers[index], asText(port['protocol'])];
		const target = asInteger(port['targetPort']);
		return [
			...unless(names.indexOf(name) === index, `${path}.name`, name, 'service entry port name already defined'),
			...unless(numbers.indexOf(number) === index, `${path}.number`, number, 'service entry port already defined'),
			...unless(isAnyCaseLabel(name), `${path}.name`, name, 'is an invalid port name'),
			...unless(isPort(number), `${path}.number`, number, 'must be in the range 1..65535'),
			...unless(target === undefined || isPort(target), `${path}.targetPort`, target, 'must be in the range 1..65535'),
			...unless(
				protocol === '' || protocolOf(protocol) !== undefined,
				`${path}.protocol`,
				protocol,
				'is an unsupported protocol',
			),
		];
	});
}

/** An endpoint has an address or, behind a gateway, a network. */
function addressOf(endpoint: Spec, path: string): readonly Fault[] {
	const known = asText(endpoint['address']) !== '' || asText(endpoint['network']) !== '';
	return unless(known, `${path}.address`, undefined, 'address is required');
}

function servedFaults(endpoint: Spec, index: number, ports: readonly Spec[], resolution: string): readonly Fault[] {
	const path = `spec.endpoints[${index}]`;
	const names = new Set(ports.map((port) => asText(port['name'])));
	const address = asText(endpoint['address']);
	const socket = address.startsWith('unix://');
	const dns = resolution !== 'STATIC';
	return [
		...endpointFaults(endpoint, path, {names: dns}),
		...(dns && (address === '' || socket)
			? [faultOf(`${path}.address`, address, 'is not a valid FQDN or an IP address')]
			: []),
		...Object.keys(asRecord(endpoint['ports'])).flatMap((name) =>
			unless(names.has(name), `${path}.ports.${name}`, undefined, 'endpoint port is not defined by the service entry'),
		),
		...unless(
			dns || !socket || names.size === 1,
			`${path}.address`,
			address,
			'is a socket: exactly 1 service port required for unix endpoints',
		),
	];
}

function dnsFaults(hosts: readonly string[], endpoints: readonly Spec[], resolution: string): readonly Fault[] {
	const wrong = endpoints.length > 0 ? undefined : hosts.find((host) => domainFault(host) !== undefined);
	return [
		...(wrong === undefined
			? []
			: [
					faultOf(
						'spec.hosts',
						wrong,
						`is none: hosts must be FQDN or contain only prefix wildcards if no endpoints are provided for resolution mode ${resolution}`,
					),
				]),
		...unless(
			resolution !== 'DNS_ROUND_ROBIN' || endpoints.length <= 1,
			'spec.endpoints',
			undefined,
			`there must only be 0 or 1 endpoint for resolution mode ${resolution}`,
		),
	];
}

function dynamicFaults(
	spec: Spec,
	hosts: readonly string[],
	ports: readonly Spec[],
	{labels}: Around,
): readonly Fault[] {
	const mode = 'DYNAMIC_DNS';
	const waypoint = labels['istio.io/use-waypoint'] ?? '';
	const internal = asText(spec['location']) === 'MESH_INTERNAL';
	const filled = (field: string) => asList(spec[field]).length > 0;
	return [
		...hosts.flatMap((host) =>
			unless(host.startsWith('*'), 'spec.hosts', host, `is none: host must be wildcarded for resolution mode ${mode}`),
		),
		...['addresses', 'endpoints'].flatMap((field) =>
			filled(field) ? [faultOf(`spec.${field}`, undefined, `${field} cannot be set for resolution type ${mode}`)] : [],
		),
		...ports.flatMap((port, index) => {
			const protocol = asText(port['protocol']);
			const field = `spec.ports[${index}].protocol`;
			const text = `only HTTP, TLS, GRPC, and HTTP2 protocols are supported for resolution type ${mode}`;
			return unless(['http', 'tls', 'grpc', 'http2'].includes(protocol.toLowerCase()), field, undefined, text);
		}),
		...(internal && waypoint !== '' && waypoint.toLowerCase() !== 'none'
			? [
					faultOf(
						'spec.location',
						'MESH_INTERNAL',
						`location MESH_INTERNAL with resolution type ${mode} is not supported when using waypoints`,
					),
				]
			: []),
	];
}

/** Plain TCP cannot tell hosts apart. */
function severalHosts(hosts: readonly string[], ports: readonly Spec[], resolution: string): readonly Fault[] {
	if (resolution === 'NONE' || hosts.length < 2) return [];
	const apart = ports.every((port) => {
		const protocol = protocolOf(asText(port['protocol']));
		return isHttp(protocol) || isTls(protocol);
	});
	return unless(apart, 'spec.hosts', undefined, 'multiple hosts provided with non-HTTP, non-TLS ports');
}

/** Has it endpoints by selection, and takes only IPs as such? Then an entry with a DNS name is left out. */
export function takesOnlyIps(spec: Spec): boolean {
	return isMapping(spec['workloadSelector']) && asText(spec['resolution']) === 'STATIC';
}
