import type {Target} from '../../../mesh/target.ts';
import type {ExecResult} from '../../../ports.ts';
import {plainLines} from '../../../vm/plain-text.ts';
import {commandLine, quote} from '../../../vm/quote.ts';
import {type Exec, perform} from '../../action.ts';
import type {Outcome, Step} from '../../step.ts';
import {imageInspection, look} from '../bootstrap/on-vm.ts';

/** Removes the directory, if it is empty: rmdir(1) refuses any other, and what lies there is not ours. */
export const directoryStep: Step = {
	id: 'offboard.directory',
	phase: 'offboard',
	title: 'Remove the directory, if it is empty',
	plan: ({target}) => [removeDirectory(target)],
	*run({target}) {
		const directory = target.configDir.value;
		const present = yield* perform(look(`test -d ${quote(directory)}`));
		if (present.code !== 0) return {status: 'skipped', detail: `there is no ${directory}`};
		return outcomeOf(yield* perform(removeDirectory(target)), directory);
	},
};

/** Removes the image of the proxy; the engine refuses that while a container, of whomever, is made of it. */
export const imageStep: Step = {
	id: 'offboard.image',
	phase: 'offboard',
	title: 'Remove the image of the proxy',
	plan: ({target}) => [removeImage(target)],
	*run({target}) {
		const image = target.image.value;
		const present = yield* perform(look(imageInspection(target)));
		if (present.code !== 0) return {status: 'skipped', detail: `${image} is not on the VM`};
		return outcomeOf(yield* perform(removeImage(target)), image);
	},
};

/** What the machine keeps is kept, for the reason that it gives: others use it, or it is not the account's to remove. */
function outcomeOf({code, stderr}: ExecResult, what: string): Outcome {
	return code === 0
		? {status: 'succeeded', detail: `${what} removed`, changed: true}
		: {status: 'skipped', detail: `${what} is left: ${plainLines(stderr, 1)}`};
}

function removeDirectory({configDir}: Target): Exec {
	return change(['rmdir', configDir.value]);
}

function removeImage({runtime, image}: Target): Exec {
	return change([runtime.value, 'image', 'rm', image.value]);
}

function change(words: readonly string[]): Exec {
	return {kind: 'exec', as: 'user', command: commandLine(words), changes: true, show: true};
}
