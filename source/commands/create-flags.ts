import type {ConsentFlags} from './consent.ts';
import type {ConnectionFlags, GlobalFlags} from './flags.ts';
import type {OutputFormat} from './output-format.ts';

/** The flags of `create`, beside one for each question of the kind (named as its field). */
export type CreateFlags = GlobalFlags &
	ConnectionFlags &
	ConsentFlags & {
		readonly [field: string]: unknown;
		dryRun?: 'client' | 'server';
		file?: string;
		forceConflicts?: boolean;
		output?: OutputFormat;
		for?: string;
		askVm?: string;
		createAccount?: boolean;
		from?: string;
		set?: readonly string[];
		includeStopped?: boolean;
	};
