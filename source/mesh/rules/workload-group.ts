import type {Fault} from '../annotations.ts';
import {isPort} from '../ip.ts';
import {asList, asRecord, asText, isMapping} from '../untyped.ts';
import {portFaults, socketFaults, tagFaults} from './endpoint.ts';
import {faultOf, unless} from './fault-of.ts';

/**
 * The rules of a WorkloadGroup (istio/istio, pkg/config/validation/validation.go, ValidateWorkloadGroup). istiod does not look at the
 * labels of the template, which may also go without address; what is said of the template is said by the CRD.
 */
export function workloadGroupFaults(spec: Readonly<Record<string, unknown>>): readonly Fault[] {
	const {template, metadata, probe} = spec;
	return [
		...(template === undefined || template === null
			? [faultOf('spec.template', undefined, 'template is required')]
			: []),
		...socketFaults(asRecord(template), 'spec.template'),
		...portFaults(asRecord(template), 'spec.template'),
		...tagFaults(asRecord(metadata)['labels'], 'spec.metadata.labels'),
		...(isMapping(probe) ? probeFaults(probe) : []),
	];
}

const times = ['periodSeconds', 'initialDelaySeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold'];
const methods = ['httpGet', 'tcpSocket', 'exec', 'grpc'];

function probeFaults(probe: Readonly<Record<string, unknown>>): readonly Fault[] {
	const path = 'spec.probe';
	const set = methods.filter((method) => probe[method] !== undefined && probe[method] !== null);
	const [method, ...more] = set;
	return [
		...times.flatMap((name) => {
			const value = probe[name];
			return unless(typeof value !== 'number' || value >= 0, `${path}.${name}`, value, 'must be non-negative');
		}),
		...(more.length > 0 ? [faultOf(path, set.join(', '), 'are several health check methods; one may be set')] : []),
		...(method === undefined || method === 'grpc'
			? [faultOf(path, method, 'unknown health check method: istiod takes httpGet, tcpSocket or exec')]
			: methodFaults(method, asRecord(probe[method]), `${path}.${method}`)),
	];
}

function methodFaults(method: string, probe: Readonly<Record<string, unknown>>, path: string): readonly Fault[] {
	if (method === 'exec') {
		const command = asList(probe['command']);
		return [
			...unless(command.length > 0, `${path}.command`, undefined, 'exec.command is required'),
			...command.flatMap((word, index) => unless(word !== '', `${path}.command[${index}]`, undefined, 'is empty')),
		];
	}
	const port = probe['port'] ?? 0;
	const scheme = asText(probe['scheme']);
	return [
		...unless(
			typeof port !== 'number' || isPort(port),
			`${path}.port`,
			port,
			`port number ${JSON.stringify(port)} must be in the range 1..65535`,
		),
		...unless(['', 'HTTP', 'HTTPS'].includes(scheme), `${path}.scheme`, scheme, 'must be one of "HTTPS", "HTTP"'),
		...asList(probe['httpHeaders']).flatMap((header, index) => {
			const name = asText(asRecord(header)['name']);
			const field = `${path}.httpHeaders[${index}].name`;
			return unless(/^[-A-Za-z0-9]+$/.test(name), field, name, 'is not a valid header name');
		}),
	];
}
