import {exitCodes, UserError} from '../errors.ts';
import {sanitise} from '../output/sanitise.ts';

/** The connection to a host is gone; `words`: why, as far as it is known. */
export function connectionLost(description: string, words: string): UserError {
	return new UserError({
		code: 'ssh.connection-lost',
		message: `The SSH connection to ${description} is lost.`,
		exitCode: exitCodes.unreachable,
		hint: 'Run again; steps already done are found and kept.',
		evidence: [{source: description, text: sanitise(words)}],
	});
}
