import type {Target} from '../../../mesh/target.ts';
import {commandLine} from '../../../vm/quote.ts';
import {type Exec, perform} from '../../action.ts';
import type {Step} from '../../step.ts';
import {dockerFailed} from '../bootstrap/on-vm.ts';

/** Starts the proxy again, where it would not come to the new token by itself. The engine binds its files anew then. */
export const restartStep: Step = {
	id: 'renew.restart',
	phase: 'renew',
	title: 'Restart the proxy, if it needs to be',
	plan: ({target}) => [restart(target)],
	*run(context) {
		const {target, facts} = context;
		const {needed = true, why = ''} = facts.restart ?? {};
		if (!needed) return {status: 'skipped', detail: why};
		const action = restart(target);
		const restarted = yield* perform(action);
		if (restarted.code !== 0) return dockerFailed(context, action.command, restarted, 'proxy.not-running');
		return {status: 'succeeded', detail: `${target.containerName.value} restarted: ${why}`, changed: true};
	},
};

function restart({runtime, containerName}: Target): Exec {
	const command = commandLine([runtime.value, 'restart', containerName.value]);
	return {kind: 'exec', as: 'user', command, changes: true, show: true};
}
