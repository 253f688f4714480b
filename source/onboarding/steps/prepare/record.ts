import {recordedAccount, recordedEngine, recordFolder, recordProgramFile} from '../../../vm/undo/record.ts';
import type {Exec, Place} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {accountOf, asRoot} from './as-admin.ts';

/** Before the first change of a step: the program that notes on the VM what is done there, so that it can be taken back (docs/prepare.md). */
export const bringRecord: Place = {
	kind: 'place',
	directories: [{path: recordFolder, mode: 0o755, owner: 'root'}],
	files: [recordProgramFile],
	changes: true,
};

/** A command of root's that changes the account, what is its own, or the directory. */
export function onAccount({target}: Pick<StepContext, 'target'>, command: string): Exec {
	return asRoot(recordedAccount(accountOf(target), target.configDir.value, command));
}

/** A command of root's that changes the engine's service. */
export function onEngine(command: string): Exec {
	return asRoot(recordedEngine(command));
}
