import {exitCodes, UserError} from '../errors.ts';

/** True for a fault that means: the VM does not answer any more, or never did (`ssh.connection-lost`, `ssh.timeout`, `ssh.refused`, …). */
export function isOutOfReach(error: unknown): boolean {
	return error instanceof UserError && error.code.startsWith('ssh.') && error.exitCode === exitCodes.unreachable;
}
