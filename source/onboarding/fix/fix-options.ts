import type {FindingId} from '../../diagnosis/catalogue.ts';
import type {Promised} from '../../mesh/egress-hosts.ts';
import type {ApplyObject, PatchObject, RemoveObject} from '../action.ts';

/** What is done about the proxy: a new token; its files and a container anew; another start of the same. */
export type ProxyFix = 'renew' | 'recreate' | 'restart';

/**
 * How a cause is mended, chosen when the plan was made and kept in the journal, so that the run goes on with the same after a crash:
 * first what changes in the cluster, then what the cause's own steps do on the VM, then the proxy.
 */
export type FixOptions = {
	readonly id: FindingId;
	readonly changes?: ReadonlyArray<PatchObject | ApplyObject | RemoveObject>;
	/** Containers of others that are in the way. */
	readonly containers?: readonly string[];
	/** Names of the mesh, and the addresses of the VM to which they must lead. */
	readonly hosts?: readonly Promised[];
	readonly proxy?: ProxyFix;
};
