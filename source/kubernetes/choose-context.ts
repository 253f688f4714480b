import {existsSync, readFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {exitCodes, UserError} from '../errors.ts';
import {asText} from '../mesh/untyped.ts';
import type {ContextChoice} from './client-config.ts';
import {type Kubeconfig, type KubeconfigFile, mergeKubeconfigs} from './merge-kubeconfigs.ts';
import {proxyUrlOf} from './proxy-url.ts';

export type KubeconfigOptions = {
	/** `--kubeconfig`: this file alone. */
	readonly kubeconfig?: string;
	readonly context?: string;
	readonly env: Readonly<Record<string, string | undefined>>;
};

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Chooses a context as kubectl does: of `--kubeconfig`, else of the files of KUBECONFIG (missing ones are skipped), else of
 * `~/.kube/config`, else the service account of the pod that it runs in. Knows nothing of client-node, so that it can be asked at any time.
 * Throws UserError `cluster.unreachable` (exit 78) where there is none, or the context is not in it.
 */
export function chooseContext(options: KubeconfigOptions): ContextChoice & {readonly namespace: string} {
	const files = readFiles(options);
	if (files.length === 0) return inCluster(options.env) ?? missing(options.env);
	const kubeconfig = merge(files);
	const where = files.map((file) => file.path).join(', ');
	const name = options.context || kubeconfig.currentContext;
	const hint = contextHint(kubeconfig);
	if (name === '') throw problem(`The kubeconfig ${where} has no current context.`, hint);
	const context = kubeconfig.contexts.get(name);
	if (context === undefined) throw problem(`The kubeconfig ${where} has no context ${JSON.stringify(name)}.`, hint);
	const clusterName = asText(context['cluster']);
	const cluster = kubeconfig.clusters.get(clusterName);
	const server = asText(cluster?.['server']);
	if (cluster === undefined || server === '') {
		throw problem(`Context ${JSON.stringify(name)} of ${where} names no cluster with a server address.`, hint);
	}
	if (!/^https?:/.test(server) || !URL.canParse(server)) {
		throw problem(
			`The server ${JSON.stringify(server)} of context ${JSON.stringify(name)} is not an HTTP address.`,
			hint,
		);
	}
	const userName = asText(context['user']);
	const user = kubeconfig.users.get(userName);
	if (user === undefined && userName !== '') {
		throw problem(
			`Context ${JSON.stringify(name)} of ${where} names a user ${JSON.stringify(userName)} that is not in it.`,
			hint,
		);
	}
	return {
		context: name,
		cluster,
		user: user ?? {},
		namespace: asText(context['namespace']) || 'default',
		proxyUrl: asText(cluster['proxy-url']) || proxyUrlOf(new URL(server), options.env),
	};
}

/** The names of all contexts, sorted. Throws as chooseContext does for a file that cannot be read. */
export function contextNames(options: KubeconfigOptions): readonly string[] {
	return [...merge(readFiles(options)).contexts.keys()].sort();
}

/** The files that would be read, also those that are not there. */
export function kubeconfigPaths({kubeconfig, env}: KubeconfigOptions): readonly string[] {
	if (kubeconfig) return [kubeconfig];
	const listed = [...new Set((env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== ''))];
	return listed.length > 0 ? listed : [join(env['HOME'] || env['USERPROFILE'] || '.', '.kube', 'config')];
}

function readFiles(options: KubeconfigOptions): KubeconfigFile[] {
	// A file that a person named has to be there.
	const paths = kubeconfigPaths(options).filter((path) => options.kubeconfig || existsSync(path));
	return paths.map((path) => ({path, text: read(path)}));
}

const whys = new Map([
	['ENOENT', 'there is no such file'],
	['EACCES', 'permission denied'],
	['EISDIR', 'it is a folder'],
]);

function read(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : '';
		const why = whys.get(code) ?? code;
		throw problem(`The kubeconfig ${path} cannot be read: ${why}.`, 'Name another with --kubeconfig.');
	}
}

function merge(files: readonly KubeconfigFile[]): Kubeconfig {
	try {
		return mergeKubeconfigs(files);
	} catch (error) {
		throw problem(
			error instanceof Error ? error.message : String(error),
			'Mend the file, or name another with --kubeconfig.',
		);
	}
}

function inCluster(env: KubeconfigOptions['env']): (ContextChoice & {readonly namespace: string}) | undefined {
	const host = env['KUBERNETES_SERVICE_HOST'];
	if (!host || !existsSync(`${serviceAccount}/token`)) return undefined;
	const address = host.includes(':') ? `[${host}]` : host;
	return {
		context: 'in-cluster',
		cluster: {
			server: `https://${address}:${env['KUBERNETES_SERVICE_PORT'] || '443'}`,
			'certificate-authority': `${serviceAccount}/ca.crt`,
		},
		user: {tokenFile: `${serviceAccount}/token`},
		namespace: read(`${serviceAccount}/namespace`).trim() || 'default',
		proxyUrl: undefined,
	};
}

function missing(env: KubeconfigOptions['env']): never {
	const listed = env['KUBECONFIG'];
	throw problem(
		listed
			? `There is no kubeconfig: no file of KUBECONFIG exists (${listed}).`
			: 'There is no kubeconfig: neither --kubeconfig nor KUBECONFIG names one, and ~/.kube/config does not exist.',
		'Name one with --kubeconfig FILE, or try the sandbox: meshboard demo.',
	);
}

function contextHint(kubeconfig: Kubeconfig): string {
	const names = [...kubeconfig.contexts.keys()].sort();
	return names.length === 0
		? 'It holds no context: name another file with --kubeconfig.'
		: `Choose one with --context: ${names.join(', ')}.`;
}

function problem(message: string, hint: string): UserError {
	return new UserError({code: 'cluster.unreachable', message, hint, exitCode: exitCodes.configuration});
}
