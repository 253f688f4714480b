import * as http from 'node:http';
import * as https from 'node:https';
import {getCACertificates} from 'node:tls';
import {asList, asRecord, asText, asTexts} from '../mesh/untyped.ts';
import {KubeConfig} from './client-node.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One context of a kubeconfig with its cluster and user, in the field names of the file format. */
export type ContextChoice = {
	readonly context: string;
	readonly cluster: Fields;
	readonly user: Fields;
	readonly proxyUrl: string | undefined;
};

/**
 * client-node's KubeConfig for one context, which does the authentication (certificates, tokens, exec plugins, OIDC), with what it
 * lacks beside kubectl: connections are kept alive, the system's certificate authorities count, groups are impersonated,
 * `tokenFile` is read, exec plugins are told `KUBERNETES_EXEC_INFO`. A fresh instance has no cached credential.
 */
export class ClientConfig extends KubeConfig {
	readonly #choice: ContextChoice;
	#agent: {readonly made: string; readonly agent: http.Agent} | undefined;

	constructor(choice: ContextChoice) {
		super();
		this.#choice = choice;
		this.loadFromString(JSON.stringify(asKubeconfig(choice)));
	}

	/** Puts credentials, certificates and agent into the options of one request. May run a credential command. */
	override async applyToHTTPSOptions(options: https.RequestOptions): Promise<void> {
		await super.applyToHTTPSOptions(options);
		// A token read from a file ends in a newline, which no header may hold.
		const credentials = Object.entries(asTexts(options.headers)).map(([name, value]) => [name, value.trim()]);
		options.headers = {...Object.fromEntries(credentials), ...impersonation(this.#choice.user)};
		if (this.#choice.proxyUrl === undefined) options.agent = this.#keepAliveAgent(options);
	}

	/** Closes every connection. */
	close(): void {
		this.#agent?.agent.destroy();
	}

	/** client-node's own agent opens a connection for each request, and holds on to the first client certificate it saw. */
	#keepAliveAgent({ca, cert, key, servername, rejectUnauthorized}: https.RequestOptions): http.Agent {
		const made = [ca, cert, key, servername, rejectUnauthorized].join('\n');
		if (this.#agent?.made === made) return this.#agent.agent;
		const agent = asText(this.#choice.cluster['server']).startsWith('http:')
			? new http.Agent({keepAlive: true})
			: new https.Agent({
					keepAlive: true,
					...(ca === undefined ? {} : {ca}),
					...(cert === undefined ? {} : {cert}),
					...(key === undefined ? {} : {key}),
					...(servername === undefined ? {} : {servername}),
					...(rejectUnauthorized === undefined ? {} : {rejectUnauthorized}),
				});
		this.#agent = {made, agent};
		return agent;
	}
}

function asKubeconfig({context, cluster, user, proxyUrl}: ContextChoice): object {
	return {
		'current-context': context,
		contexts: [{name: context, context: {cluster: context, user: context}}],
		clusters: [
			{name: context, cluster: {...trust(cluster), ...(proxyUrl === undefined ? {} : {'proxy-url': proxyUrl})}},
		],
		users: [{name: context, user: {...user, ...tokenFile(user), ...execPlugin(user, cluster)}}],
	};
}

/** Without an authority of its own the system's count, as for kubectl; Node alone asks only those that it carries. */
function trust(cluster: Fields): Fields {
	// client-node refuses plain HTTP (`kubectl proxy`) unless verification is off, which has no meaning there.
	if (asText(cluster['server']).startsWith('http:')) return {...cluster, 'insecure-skip-tls-verify': true};
	const own = cluster['certificate-authority'] || cluster['certificate-authority-data'];
	if (own || cluster['insecure-skip-tls-verify'] === true) return cluster;
	const authorities = [...new Set([...getCACertificates('default'), ...getCACertificates('system')])].join('\n');
	return {...cluster, 'certificate-authority-data': Buffer.from(authorities).toString('base64')};
}

/** `tokenFile` wins over `token`, and is read again every minute; client-node knows it under another name only. */
function tokenFile(user: Fields): Fields {
	const file = asText(user['tokenFile']);
	return file === '' ? {} : {token: undefined, 'auth-provider': {name: 'tokenFile', config: {tokenFile: file}}};
}

/** What kubectl tells a credential plugin (client.authentication.k8s.io, ExecCredential). No terminal is offered. */
function execPlugin(user: Fields, cluster: Fields): Fields {
	const exec = asRecord(user['exec']);
	if (exec['command'] === undefined) return {};
	const info = {
		apiVersion: exec['apiVersion'],
		kind: 'ExecCredential',
		spec: {interactive: false, ...(exec['provideClusterInfo'] === true ? {cluster} : {})},
	};
	const env = [...asList(exec['env']), {name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info)}];
	return {exec: {...exec, args: asList(exec['args']), env}};
}

function impersonation(user: Fields): http.OutgoingHttpHeaders {
	const headers: http.OutgoingHttpHeaders = {};
	const groups = asList(user['as-groups']).map(asText);
	if (groups.length > 0) headers['Impersonate-Group'] = groups;
	if (asText(user['as-uid']) !== '') headers['Impersonate-Uid'] = asText(user['as-uid']);
	for (const [key, values] of Object.entries(asRecord(user['as-user-extra']))) {
		headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = asList(values).map(asText);
	}
	return headers;
}
