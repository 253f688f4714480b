import {bundleFiles} from '../../../bundle/files.ts';
import type {Target} from '../../../mesh/target.ts';
import {perform, type Write} from '../../action.ts';
import type {Step} from '../../step.ts';
import {isStale, unchanged} from './unchanged.ts';

/**
 * Puts the files that differ onto the VM. A running proxy goes on with the old ones: its environment was read at its start, and its
 * mounts hold the files that were replaced; so that an interruption here leaves the VM as before.
 */
export const filesStep: Step = {
	id: 'bootstrap.files',
	phase: 'bootstrap',
	title: 'Put the files onto the VM',
	plan: ({target}) => [write(target, () => true)],
	*run({target, facts}) {
		if (facts.unchanged === true) return unchanged;
		const action = write(target, (name) => isStale(facts, name));
		if (action.files.length === 0) return {status: 'skipped', detail: 'the files are as they should be'};
		const {written} = yield* perform(action);
		return {status: 'succeeded', detail: `${written.join(', ')} in ${target.configDir.value}`, changed: true};
	},
};

function write(target: Target, wanted: (name: string) => boolean): Write {
	return {
		kind: 'write',
		as: 'user',
		directory: target.configDir.value,
		files: bundleFiles(target).filter(({name}) => wanted(name)),
		changes: true,
	};
}
