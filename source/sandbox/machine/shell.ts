import type {Commands, Result} from './command.ts';
import {backgroundCommand, liveCommand} from './live-output.ts';
import {bundled, type ScriptOptions} from './script.ts';
import type {Session} from './session.ts';

/** Runs scripts on a machine: just-bash over the machine's file tree, with the machine's own programs. */
export type Shell = {
	run(session: Session, script: string, options?: ScriptOptions): Promise<Result>;
	/** Names of all programs that are there without a package of their own. */
	readonly programs: readonly string[];
};

/** The shell of machines with these programs. The simulated bash is loaded by the first script, not by the sandbox's start. */
export function createShell(commands: Commands): Shell {
	return {
		programs: [...bundled, ...Object.keys(commands), liveCommand, backgroundCommand],
		async run(session, script, options = {}) {
			const {runScript} = await import('./run-script.ts');
			return runScript(commands, session, script, options);
		},
	};
}
