import {containerCommand} from '../../../bundle/container.ts';
import type {Target} from '../../../mesh/target.ts';
import {parseContainer} from '../../../proxy/container.ts';
import {commandLine} from '../../../vm/quote.ts';
import {type Exec, perform} from '../../action.ts';
import type {Step} from '../../step.ts';
import {nameConflict} from './name-conflict.ts';
import {containerInspection, dockerAnswered, dockerFailed, look} from './on-vm.ts';
import {unchanged} from './unchanged.ts';

/**
 * Starts the proxy's container; the entry's own former one is removed just before, when all else is in place. A container keeps
 * what it was made with, so that new files take a new one.
 */
export const startStep: Step = {
	id: 'bootstrap.start',
	phase: 'bootstrap',
	title: 'Start the proxy',
	plan: ({target}) => [remove(target), start(target)],
	*run(context) {
		const {target, facts} = context;
		if (facts.unchanged === true) return unchanged;
		const present = yield* perform(look(containerInspection(target)));
		if (!dockerAnswered(present)) {
			return dockerFailed(context, containerInspection(target), present, 'proxy.not-running');
		}
		const former = parseContainer(present.stdout);
		const conflict = nameConflict(context, former);
		if (conflict !== undefined) return conflict;
		if (former !== undefined) {
			const removed = yield* perform(remove(target));
			if (removed.code !== 0) return dockerFailed(context, remove(target).command, removed, 'proxy.not-running');
		}
		const started = yield* perform(start(target));
		if (started.code !== 0) {
			return {...dockerFailed(context, start(target).command, started, 'proxy.not-running'), changed: true};
		}
		const what = former === undefined ? 'started' : 'replaced';
		return {status: 'succeeded', detail: `Container ${target.containerName.value} ${what}`, changed: true};
	},
};

function remove(target: Target): Exec {
	return engine([target.runtime.value, 'rm', '--force', target.containerName.value]);
}

function start(target: Target): Exec {
	return engine(containerCommand(target));
}

function engine(words: readonly string[]): Exec {
	return {kind: 'exec', as: 'user', command: commandLine(words), changes: true, show: true};
}
