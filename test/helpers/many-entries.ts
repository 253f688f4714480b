import {setTimeout as sleep} from 'node:timers/promises';
import pLimit from 'p-limit';
import type {createHttp} from '../../source/kubernetes/http.ts';

/* Ten thousand WorkloadEntries of 4 KB on a real API server, for measurements. */

type Http = Pick<ReturnType<typeof createHttp>, 'send'>;

const [namespaces, perNamespace, bytesEach] = [10, 1000, 4096];
const group = '/apis/networking.istio.io/v1';
const names = Array.from({length: namespaces}, (_, n) => `bench-${n}`);

/** How many there are when they are made. */
export const manyEntries = namespaces * perNamespace;

/** Makes what is not there yet; the size of one as the server sends it, in bytes. */
export async function makeManyEntries(http: Http): Promise<number> {
	const limit = pLimit(32);
	const post = async (path: string, body: object) => {
		const {status} = await http.send({method: 'POST', path, body});
		if (status !== 201 && status !== 409) throw new Error(`POST ${path}: ${status}`);
	};
	await Promise.all(names.map((name) => post('/api/v1/namespaces', {metadata: {name}})));
	const paths = names.flatMap((name) =>
		Array.from({length: perNamespace}, (_, n) => ({path: `${group}/namespaces/${name}/workloadentries`, n})),
	);
	await Promise.all(paths.map(({path, n}) => limit(() => post(path, entry(n, bytesEach - 1650)))));
	const {body} = await http.send({path: `${group}/namespaces/bench-0/workloadentries/vm-0`});
	// istiod reads them too: what it does with them must not be measured.
	await sleep(15_000);
	return JSON.stringify(body).length;
}

/** Deletes them, with their namespaces. */
export async function removeManyEntries(http: Http): Promise<void> {
	for (const name of names) {
		await http.send({method: 'DELETE', path: `${group}/namespaces/${name}/workloadentries`, idleSeconds: 300});
		await http.send({method: 'DELETE', path: `/api/v1/namespaces/${name}`});
	}
}

/** An entry as `kubectl apply` leaves it: half of it is kubectl's copy. The server adds about 1 KB of managedFields. */
function entry(n: number, filling: number): object {
	const labels = Object.fromEntries(['app', 'class', 'version', 'team', 'zone'].map((key) => [key, `${key}-${n % 7}`]));
	return {
		apiVersion: 'networking.istio.io/v1',
		kind: 'WorkloadEntry',
		metadata: {
			name: `vm-${n}`,
			labels,
			annotations: {
				'sidecar-bootstrap.istio.io/ssh-user': 'istio-proxy',
				'sidecar-bootstrap.istio.io/proxy-config-dir': '/etc/istio-proxy',
				'kubectl.kubernetes.io/last-applied-configuration': '{"a":"b"}'.repeat(filling / 11),
			},
		},
		spec: {address: `10.128.${n >> 8}.${n & 255}`, serviceAccount: 'default', labels, ports: {http: 8080}},
	};
}
