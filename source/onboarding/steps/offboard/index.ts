import type {Wanted} from '../../event.ts';
import type {Step} from '../../step.ts';
import {directoryStep, imageStep} from './clean-up.ts';
import {containerStep} from './container.ts';
import {entryStep} from './entry.ts';
import {filesStep} from './files.ts';
import {goneStep} from './gone.ts';

/**
 * Takes a VM out of the mesh: first the entry, where that is asked for, so that nobody sends anything there any more, then the proxy
 * and what it left. Each step looks first at what is there: what is gone already is nothing to do, so that a run that broke off
 * goes on where it was. Docker, the account and the files of others stay.
 */
export function offboardSteps({deleteEntry, removeDirectory, removeImage}: Wanted): readonly Step[] {
	return [
		...(deleteEntry === true ? [entryStep] : []),
		containerStep,
		filesStep,
		...(removeDirectory === true ? [directoryStep] : []),
		...(removeImage === true ? [imageStep] : []),
		goneStep,
	];
}
