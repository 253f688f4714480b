import {splitHostPort} from './ip.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import {protocolOf} from './rules/words.ts';
import {asInteger, asList, asRecord, asText, asTexts, isMapping} from './untyped.ts';
import {toYaml} from './yaml.ts';

/** A port that clients dial; `name` as the Service has it, which begins with the protocol. */
export type OpenPort = {readonly number: number; readonly name: string};

/**
 * What to change beside the faults of form: ports that `ingress` lacks, egress listeners (by index) to move off 127.0.0.1, hosts that
 * the last egress listener is to offer too, which is the one without a port where there is one.
 */
export type Wanted = {
	readonly open?: readonly OpenPort[];
	readonly away?: ReadonlySet<number>;
	readonly offer?: readonly string[];
};

type Listener = Readonly<Record<string, unknown>>;

/** The address of loopback that no application listens on by habit; the guide's own choice for egress. */
const beside = '127.0.0.2';

/**
 * A Sidecar as YAML that kubectl can apply, with what is wrong of form put right: one listener for each of `ports`, hosts as
 * `namespace/dnsName`, no ingress in the application's place. What needs a person's choice is left as it is.
 */
export function correctSidecar(
	object: KubernetesObject,
	{open = [], away = new Set(), offer = []}: Wanted = {},
): string {
	const spec = asRecord(object.spec);
	const {name, namespace = ''} = object.metadata;
	const labels = asTexts(object.metadata.labels);
	const ingress = [
		...asList(spec['ingress']).map(asRecord).flatMap(onePort).map(besideApp),
		...[...new Map(open.map((port) => [port.number, port])).values()].map(openPort),
	];
	const egress = asList(spec['egress'])
		.map((listener, index) => {
			const {bind: _, ...rest} = asRecord(listener);
			return away.has(index) ? {bind: beside, ...rest} : asRecord(listener);
		})
		.flatMap(onePort)
		.map((listener, index, all) => ({
			...listener,
			hosts: [...correctHosts(listener['hosts'], namespace), ...(index === all.length - 1 ? offer : [])],
		}));
	const moved = egress.length === 0 && away.size > 0 ? [{bind: beside, hosts: ['./*']}] : egress;
	return toYaml({
		apiVersion: object.apiVersion ?? 'networking.istio.io/v1',
		kind: 'Sidecar',
		metadata: {name, namespace, ...(Object.keys(labels).length === 0 ? {} : {labels})},
		spec: {
			...spec,
			...(ingress.length === 0 ? {} : {ingress}),
			...(moved.length === 0 ? {} : {egress: moved}),
		},
	});
}

/** A listener that hands what clients send to the application beside it. */
function openPort({number, name}: OpenPort): Listener {
	const protocol = protocolOf(name.split('-')[0] ?? '')?.toUpperCase() ?? 'TCP';
	return {port: {number, protocol, name: name || `tcp-${number}`}, defaultEndpoint: `127.0.0.1:${number}`};
}

/** `ports: [a, b]` is two listeners, each with its `port`. */
function onePort(listener: Listener): readonly Listener[] {
	const {ports, ...rest} = listener;
	if (ports === undefined) return [listener];
	const list = (Array.isArray(ports) ? ports : [ports]).flatMap((item: unknown) => {
		const port = asRecord(item);
		const number = asInteger(item) ?? asInteger(port['number']) ?? asInteger(port['port']);
		if (number === undefined) return [];
		const protocol = asText(port['protocol']) || 'TCP';
		return [{number, protocol, name: asText(port['name']) || `${protocol.toLowerCase()}-${number}`}];
	});
	return list.length === 0 || isMapping(rest['port']) ? [rest] : list.map((port) => ({port, ...rest}));
}

/** Without `bind` a listener takes INSTANCE_IP, so that the application keeps 127.0.0.1. */
function besideApp(listener: Listener): Listener {
	const {bind, ...rest} = listener;
	const number = asInteger(asRecord(listener['port'])['number']);
	const {host, port} = splitHostPort(asText(listener['defaultEndpoint']));
	if (number === undefined || port !== number) return listener;
	const unbound = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(asText(bind)) ? rest : listener;
	const itself = asText(unbound['bind']) === '' && ['0.0.0.0', '::'].includes(host);
	return itself || unbound === rest ? {...unbound, defaultEndpoint: `127.0.0.1:${port}`} : listener;
}

function correctHosts(value: unknown, namespace: string): readonly unknown[] {
	const hosts = asList(value);
	return hosts.length === 0
		? ['./*']
		: hosts.map((host) => (typeof host === 'string' ? correctHost(host, namespace) : host));
}

function correctHost(host: string, namespace: string): string {
	const slash = host.indexOf('/');
	if (host === '*' || host === '/' || host === './') return './*';
	if (slash < 0) return host.includes('.') ? `*/${host}` : `./${fullName(host, namespace)}`;
	const [of, name] = [host.slice(0, slash) || '.', host.slice(slash + 1) || '*'];
	if (name === '*' || name.includes('.') || name.includes('/')) return `${of}/${name}`;
	return `${of}/${fullName(name, ['.', '*', '~'].includes(of) ? namespace : of)}`;
}

function fullName(name: string, namespace: string): string {
	return `${name}.${namespace}.svc.cluster.local`;
}
