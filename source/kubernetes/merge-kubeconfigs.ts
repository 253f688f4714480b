import {dirname, isAbsolute, join} from 'node:path';
import {load, YAMLException} from 'js-yaml';
import {asList, asRecord, asText} from '../mesh/untyped.ts';

/** One file of the kubeconfig, as read. */
export type KubeconfigFile = {readonly path: string; readonly text: string};

type Fields = Readonly<Record<string, unknown>>;

/** A kubeconfig as kubectl understands it, in the field names of the file format, with absolute paths. */
export type Kubeconfig = {
	readonly currentContext: string;
	readonly clusters: ReadonlyMap<string, Fields>;
	readonly users: ReadonlyMap<string, Fields>;
	readonly contexts: ReadonlyMap<string, Fields>;
};

/**
 * Merges files as kubectl does: the first `current-context` wins, and of two entries with one name the first.
 * Relative paths are relative to the file that holds them (k8s.io/client-go, tools/clientcmd/loader.go).
 * Throws an Error with a sentence that names the file; it never quotes the file, which may hold secrets.
 */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): Kubeconfig {
	const clusters = new Map<string, Fields>();
	const users = new Map<string, Fields>();
	const contexts = new Map<string, Fields>();
	let currentContext = '';
	for (const file of files) {
		const content = parse(file);
		const directory = dirname(file.path);
		currentContext ||= asText(content['current-context']);
		addFirst(clusters, content['clusters'], 'cluster', (cluster) =>
			absolutePaths(cluster, ['certificate-authority'], directory),
		);
		addFirst(users, content['users'], 'user', (user) => absoluteUser(user, directory));
		addFirst(contexts, content['contexts'], 'context', (context) => context);
	}
	return {currentContext, clusters, users, contexts};
}

function parse(file: KubeconfigFile): Fields {
	if (file.text.trim() === '') return {};
	try {
		return asRecord(load(file.text));
	} catch (error) {
		const line = error instanceof YAMLException && error.mark !== undefined ? ` in line ${error.mark.line + 1}` : '';
		throw new Error(`The kubeconfig ${file.path} is not valid YAML${line}.`);
	}
}

function addFirst(into: Map<string, Fields>, list: unknown, field: string, change: (fields: Fields) => Fields): void {
	for (const item of asList(list)) {
		const name = asText(asRecord(item)['name']);
		if (name !== '' && !into.has(name)) into.set(name, change(asRecord(asRecord(item)[field])));
	}
}

function absoluteUser(user: Fields, directory: string): Fields {
	const changed = absolutePaths(user, ['client-certificate', 'client-key', 'tokenFile'], directory);
	const exec = asRecord(user['exec']);
	// A command with a slash is a path, one without is looked up in PATH.
	return asText(exec['command']).includes('/')
		? {...changed, exec: absolutePaths(exec, ['command'], directory)}
		: changed;
}

function absolutePaths(fields: Fields, names: readonly string[], directory: string): Fields {
	const changed: Record<string, unknown> = {...fields};
	for (const name of names) {
		const path = asText(fields[name]);
		if (path !== '' && !isAbsolute(path)) changed[name] = join(directory, path);
	}
	return changed;
}
