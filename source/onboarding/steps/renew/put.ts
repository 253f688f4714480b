import {tokenFile} from '../../../bundle/files.ts';
import type {Target} from '../../../mesh/target.ts';
import {perform, type Write} from '../../action.ts';
import type {Step} from '../../step.ts';
import {asksForToken} from '../bootstrap/unchanged.ts';

/** Puts the token in the place of the former one, whole or not at all. */
export const putStep: Step = {
	id: 'renew.put',
	phase: 'renew',
	title: 'Put the token onto the VM',
	plan: ({target}) => [write(target)],
	*run({target, facts}) {
		if (!asksForToken(facts)) return {status: 'skipped', detail: 'the token on the VM serves'};
		yield* perform(write(target));
		return {status: 'succeeded', detail: `${tokenFile.name} in ${target.configDir.value}`, changed: true};
	},
};

function write(target: Target): Write {
	return {kind: 'write', as: 'user', directory: target.configDir.value, files: [tokenFile], changes: true};
}
