import {asText} from '../mesh/untyped.ts';
import {chooseContext, type KubeconfigOptions} from './choose-context.ts';
import {ClientConfig} from './client-config.ts';

/** The chosen context: where the API server is, and how to authenticate. */
export type Access = {
	readonly context: string;
	readonly server: string;
	/** The context's namespace, else `default`. */
	readonly namespace: string;
	/** Reads the files again and starts without any cached credential. */
	authenticate(): ClientConfig;
};

/** Loads the kubeconfig (see chooseContext, also for what it throws). The user's files are never written. */
export function loadKubeconfig(options: KubeconfigOptions): Access {
	const choice = chooseContext(options);
	return {
		context: choice.context,
		server: asText(choice.cluster['server']).replace(/\/+$/, ''),
		namespace: choice.namespace,
		authenticate: () => new ClientConfig(chooseContext(options)),
	};
}
