import {asRecord, asText, asTexts} from '../../mesh/untyped.ts';
import {kindOf} from '../api/kinds.ts';
import type {ObjectStore, StoredObject} from '../api/object-store.ts';
import type {Machine} from '../machine/machine.ts';
import type {Mesh} from '../mesh/mesh.ts';

export type HttpReply = {readonly status: number; readonly reason: string; readonly body: string};

/** What a sidecar answers for a request to a Service of the mesh, named by a Host header: the app of a VM behind it, or Envoy's 503. */
export function routeRequest(
	host: string,
	world: {readonly store: ObjectStore; readonly mesh: Mesh; readonly vms: readonly Machine[]},
): HttpReply {
	const {store, mesh, vms} = world;
	const [name = '', port = '80'] = host.split(':');
	const [service = '', namespace = ''] = name.split('.');
	const found = find(store, 'services', namespace, service);
	if (found === undefined) return {status: 502, reason: 'Bad Gateway', body: ''};
	const selector = asTexts(asRecord(found.spec)['selector']);
	const entries = list(store, 'workloadentries', namespace).filter(({spec}) => {
		const labels = asTexts(asRecord(spec)['labels']);
		return Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);
	});
	if (entries.length === 0) return {status: 503, reason: 'Service Unavailable', body: 'no healthy upstream'};
	for (const entry of entries) {
		const proxy = mesh.proxies().find(({id}) => id === `${entry.metadata.name}.${namespace}`);
		const vm = vms.find(({address}) => address === asText(asRecord(entry.spec)['address']));
		if (proxy?.serves.includes(Number(port)) === true && vm?.app?.port === Number(port))
			return {status: 200, reason: 'OK', body: `${vm.app.name}\n`};
	}
	return {
		status: 503,
		reason: 'Service Unavailable',
		body: 'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused',
	};
}

function find(store: ObjectStore, plural: string, namespace: string, name: string): StoredObject | undefined {
	const kind = kindOf('', plural);
	return kind && store.get(kind, namespace, name);
}

function list(store: ObjectStore, plural: string, namespace: string): readonly StoredObject[] {
	const kind = kindOf('networking.istio.io', plural);
	return kind === undefined ? [] : store.list(kind, namespace);
}
