import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {KubernetesObject} from '../../source/mesh/kubernetes-object.ts';
import {startApiServer} from '../../source/sandbox/api/api-server.ts';
import {ObjectStore} from '../../source/sandbox/api/object-store.ts';
import {createAuthority} from '../../source/sandbox/mesh/certificates.ts';
import {createTokenIssuer, type TokenIssuer} from '../../source/sandbox/mesh/token-issuer.ts';
import type {Seed} from '../../source/sandbox/objects/build.ts';
import {plant} from '../../source/sandbox/objects/plant.ts';

export type ObjectApi = {readonly kubeconfig: string; readonly folder: string; close(): Promise<void>};

/** An API server with these objects, over HTTPS on the loopback; `namespace` is that of its context. `tokens` issues what TokenRequest gives. */
export async function openObjectApi(
	objects: readonly KubernetesObject[],
	{namespace, tokens = createTokenIssuer()}: {readonly namespace?: string; readonly tokens?: TokenIssuer} = {},
): Promise<ObjectApi> {
	const store = new ObjectStore();
	const named = new Set(objects.map(({metadata}) => metadata.namespace ?? ''));
	const missing = [...named].filter(
		(name) => name !== '' && !objects.some(({kind, metadata}) => kind === 'Namespace' && metadata.name === name),
	);
	const namespaces = missing.map((name) => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}}));
	const isNamespace = ({kind}: KubernetesObject) => kind === 'Namespace';
	const ordered = [...namespaces, ...objects.filter(isNamespace), ...objects.filter((one) => !isNamespace(one))];
	plant(store, ordered as unknown as Seed[], 1);
	const authority = createAuthority({commonName: 'test-ca'});
	const token = 'a-secret-token';
	const api = await startApiServer({
		identity: authority.issue('kube-apiserver', ['127.0.0.1']),
		token,
		context: {store, tokens, podLog: () => []},
		streams: {
			open() {
				throw new Error('no pods here');
			},
		},
	});
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-objects-'));
	const kubeconfig = join(folder, 'kubeconfig');
	const cluster = {
		server: `https://127.0.0.1:${api.port}`,
		'certificate-authority-data': Buffer.from(authority.certificate).toString('base64'),
	};
	const context = {cluster: 'test', user: 'test', ...(namespace === undefined ? {} : {namespace})};
	writeFileSync(
		kubeconfig,
		JSON.stringify({
			'current-context': 'test',
			clusters: [{name: 'test', cluster}],
			users: [{name: 'test', user: {token}}],
			contexts: [{name: 'test', context}],
		}),
	);
	return {
		kubeconfig,
		folder,
		async close() {
			await api.close();
			rmSync(folder, {recursive: true, force: true});
		},
	};
}
