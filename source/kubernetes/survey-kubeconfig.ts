import {UserError} from '../errors.ts';
import type {KubeconfigSurvey} from '../ports.ts';
import {chooseContext, contextNames, type KubeconfigOptions} from './choose-context.ts';

/** The contexts of the kubeconfig, and the one that would be taken; no server is asked. That there is no file, or that it names no current context, is no problem. */
export function surveyKubeconfig(options: KubeconfigOptions): KubeconfigSurvey {
	const contexts = attempt(() => contextNames(options));
	if (contexts instanceof UserError)
		return {isThere: true, contexts: [], current: undefined, problems: [contexts.message]};
	const chosen = attempt(() => chooseContext(options).context);
	const current = chosen instanceof UserError ? undefined : chosen;
	return {isThere: contexts.length > 0 || current !== undefined, contexts, current, problems: []};
}

function attempt<T>(read: () => T): T | UserError {
	try {
		return read();
	} catch (error) {
		if (error instanceof UserError) return error;
		throw error;
	}
}
