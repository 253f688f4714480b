import type {Target} from '../mesh/target.ts';
import {bundleParts} from './parts.ts';
import {sidecarEnv} from './sidecar-env.ts';

/** A file of the bundle. `{secret: 'token'}`: the token that the run issues, which nothing but the connection ever holds. */
export type BundleFile = {
	readonly name: string;
	readonly mode: number;
	readonly content: string | {readonly secret: 'token'};
};

/** Every file of a bundle, in the original's order. */
export const bundleFileNames = ['sidecar.env', 'istio-ca.pem', 'istio-token'] as const;

/**
 * The token: the container of the default image runs as root and reads it; other users need it made readable for theirs
 * (finding `token.unreadable`).
 */
export const tokenFile: BundleFile = {name: 'istio-token', mode: 0o640, content: {secret: 'token'}};

/**
 * What goes into the directory on the VM, in the original's order and with its modes.
 * Empty where its parts are not known (`bundleParts`).
 * Throws UserError `entry.invalid` for a value that an environment file cannot carry.
 */
export function bundleFiles(target: Target): readonly BundleFile[] {
	const parts = bundleParts(target);
	if (parts === undefined) return [];
	return [
		{name: 'sidecar.env', mode: 0o644, content: sidecarEnv(target, parts.mesh, parts.instanceIp.value)},
		{name: 'istio-ca.pem', mode: 0o644, content: parts.mesh.rootCertificate},
		tokenFile,
	];
}
