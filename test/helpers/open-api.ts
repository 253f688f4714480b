import {readFileSync} from 'node:fs';
import {request} from 'node:https';
import {load} from 'js-yaml';

export type Answer = {readonly status: number; readonly body: string};

type Kubeconfig = {
	readonly clusters: readonly [
		{readonly cluster: {readonly server: string; readonly 'certificate-authority-data': string}},
	];
	readonly users: readonly [{readonly user: {readonly token: string}}];
};

/** The API server of a kubeconfig with a token, asked as a program of its own would: what it grants, and its requests. */
export function openApi(kubeconfig: string) {
	const config = load(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
	const {server, 'certificate-authority-data': authority} = config.clusters[0].cluster;
	const access = {
		server,
		ca: Buffer.from(authority, 'base64').toString(),
		token: config.users[0].user.token,
	};

	/** One request to the API server, its certificate checked. */
	const api = (
		path: string,
		options: {method?: string; body?: unknown; headers?: Record<string, string>; token?: string} = {},
	) =>
		new Promise<Answer>((resolve, reject) => {
			const {method = 'GET', body, headers = {}, token = access.token} = options;
			const call = request(
				new URL(path, server),
				{
					method,
					ca: access.ca,
					agent: false,
					headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers},
				},
				(response) => {
					let text = '';
					response.setEncoding('utf8');
					response.on('data', (chunk: string) => {
						text += chunk;
					});
					response.on('end', () => resolve({status: response.statusCode ?? 0, body: text}));
				},
			);
			call.on('error', reject);
			call.end(body === undefined ? undefined : JSON.stringify(body));
		});
	return {access, api};
}
