import type {Gateway, MeshSettings, Sourced, Target} from '../mesh/target.ts';

/** What a bundle cannot be made without. */
export type BundleParts = {
	readonly mesh: MeshSettings;
	readonly gateway: Gateway;
	readonly instanceIp: Sourced<string>;
};

const unusable = new Set(['entry.invalid', 'cluster.proxy-config-invalid']);

/**
 * undefined while the mesh, the gateway or the VM's IP is not known, or where the entry has values that cannot be used:
 * `problems` of the target say which, and no run gets as far as the bundle.
 */
export function bundleParts({mesh, instanceIp, gateway, problems}: Target): BundleParts | undefined {
	if (mesh === undefined || instanceIp === undefined || gateway === undefined) return undefined;
	return problems.some(({id}) => unusable.has(id)) ? undefined : {mesh, instanceIp, gateway};
}
