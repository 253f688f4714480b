import type {ImageFlags} from './image-flag.ts';
import type {RunFlags} from './run-targets.ts';

/** The flags of `istioctl x workload entry configure`. */
export type GroupFlags = {
	group?: string;
	file?: string;
	internalIP?: string;
	externalIP?: string;
	autoregister?: boolean;
	clusterID?: string;
	captureDns?: 'true' | 'false';
};

/** The flags of `meshboard bootstrap`, as the command line gives them. */
export type BootstrapFlags = RunFlags &
	GroupFlags &
	ImageFlags & {
		all?: boolean;
		startIstioProxy?: boolean;
		outputDir?: string;
		archive?: boolean;
		outputFile?: string;
		docs?: boolean;
		ignoreHostKeys?: boolean;
		force?: boolean;
	};
