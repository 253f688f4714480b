import type {Target} from '../mesh/target.ts';
import {bundleFiles} from './files.ts';
import {packageFiles} from './package/files.ts';
import {startScript} from './start-script.ts';

/** A file of a bundle that is carried to the VM by other means than ours; `path` is relative, with `/`. */
export type OfflineFile = {readonly path: string; readonly mode: number; readonly content: string};

/**
 * What is carried to a VM that SSH does not reach: for the package istioctl's files, flat as istioctl saves them; for a container what `sidecar-bootstrap` saves: the files that would be written over SSH in `etc/`, and the script that
 * starts the proxy (tetratelabs/istio, istioctl/cmd/sidecar-bootstrap.go, writeBootstrapBundle). Holds the token: memory and the saved file only.
 */
export function offlineFiles(target: Target, token: string): readonly OfflineFile[] {
	const isPackage = target.layout.value === 'package';
	const files = (isPackage ? packageFiles(target) : bundleFiles(target)).map(({name, mode, content}) => ({
		path: isPackage ? name : `etc/${name}`,
		mode,
		content: typeof content === 'string' ? content : token,
	}));
	if (isPackage) return files;
	return files.length === 0
		? []
		: [...files, {path: 'bin/start-istio-proxy.sh', mode: 0o755, content: startScript(target)}];
}

/** The folder of each bundle, where there are several: named after its entry, below its namespace where they are of several. */
export function folderNames(targets: readonly Target[]): (target: Target) => string {
	const namespaces = new Set(targets.map(({entry}) => entry.namespace));
	return ({entry}) => (namespaces.size > 1 ? `${entry.namespace}/${entry.name}` : entry.name);
}
