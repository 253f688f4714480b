import type {Target} from '../../../mesh/target.ts';
import {parseContainer} from '../../../proxy/container.ts';
import {commandLine} from '../../../vm/quote.ts';
import {type Exec, perform} from '../../action.ts';
import type {Step} from '../../step.ts';
import {nameConflict} from '../bootstrap/name-conflict.ts';
import {containerInspection, dockerAnswered, dockerFailed, look} from '../bootstrap/on-vm.ts';

/**
 * istiod sends the endpoints that are left 100 ms after a change, 10 s later where changes do not cease (PILOT_DEBOUNCE_AFTER and
 * PILOT_DEBOUNCE_MAX of istio, pilot/pkg/features): after that no client sends anything new to the VM.
 */
export const drainSeconds = 10;

/**
 * Stops the entry's own container, which lets what is under way end (pilot-agent drains for 5 s on SIGTERM, the engine waits
 * 10 s), then removes it. A container of this name that is another's is left as it is.
 */
export const containerStep: Step = {
	id: 'offboard.container',
	phase: 'offboard',
	title: 'Stop and remove the proxy',
	plan: ({target}) => [stop(target), remove(target)],
	*run(context) {
		const {target, options} = context;
		const name = target.containerName.value;
		const present = yield* perform(look(containerInspection(target)));
		// Where there is no engine there is no container of it.
		if (present.code === 127) return {status: 'skipped', detail: `there is no ${target.runtime.value} on the VM`};
		if (!dockerAnswered(present)) {
			return dockerFailed(context, containerInspection(target), present, 'proxy.not-running');
		}
		const container = parseContainer(present.stdout);
		if (container === undefined) return {status: 'skipped', detail: `there is no container ${name}`};
		const conflict = nameConflict(context, container);
		if (conflict !== undefined) return {status: 'skipped', detail: conflict.detail};
		if (container.status === 'running') {
			if (options.deleteEntry === true) {
				yield* perform({kind: 'wait', seconds: drainSeconds, why: 'the mesh stops sending requests to the VM'});
			}
			const stopped = yield* perform(stop(target));
			if (stopped.code !== 0) return dockerFailed(context, stop(target).command, stopped, 'proxy.not-running');
		}
		const removed = yield* perform(remove(target));
		if (removed.code !== 0) return dockerFailed(context, remove(target).command, removed, 'proxy.not-running');
		const rest =
			options.deleteEntry === true ? '' : '; its entry is still there: requests to it fail until that is removed';
		return {status: 'succeeded', detail: `Container ${name} stopped and removed${rest}`, changed: true};
	},
};

function stop({runtime, containerName}: Target): Exec {
	return engine([runtime.value, 'stop', containerName.value]);
}

function remove({runtime, containerName}: Target): Exec {
	return engine([runtime.value, 'rm', '--force', containerName.value]);
}

function engine(words: readonly string[]): Exec {
	return {kind: 'exec', as: 'user', command: commandLine(words), changes: true, show: true};
}
