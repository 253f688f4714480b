import type {Origin} from '../mesh/rules/refusals.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Finding} from './finding.ts';

/** What the judgement of objects is to know beside them. */
export type LintOptions = {
	/** `file`: nothing is known but what is there. `cluster`: the lists are whole, but for those of `unread`. */
	readonly origin: Origin;
	readonly istioNamespace: string;
	/** Only these entries, and what concerns them. */
	readonly only?: ReadonlySet<TargetRef>;
	/** Only these namespaces; objects of others are there to be compared with. */
	readonly within?: ReadonlySet<string>;
	/** Networks that a gateway serves; absent: not known. */
	readonly networks?: readonly string[] | undefined;
	/** Lists that could not be read, as `services/bookinfo`. */
	readonly unread?: ReadonlySet<string>;
	/** Port of SSH where no annotation has one; default 22. */
	readonly sshPort?: number | undefined;
	/** What was found of the mesh itself, and belongs to this stage. */
	readonly findings?: readonly Finding[];
};
