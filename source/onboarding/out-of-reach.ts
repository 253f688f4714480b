import {exitCodes, UserError} from '../errors.ts';

/** True for a fault that means: nothing more can be done on the VM in this run; it does not answer, or another run is at work on it. */
export function endsRun(error: unknown): boolean {
	return isOutOfReach(error) || (error instanceof UserError && error.code === 'vm-busy');
}

/** True for a fault that means: the VM does not answer any more, or never did (`ssh.connection-lost`, `ssh.timeout`, `ssh.refused`, …). */
export function isOutOfReach(error: unknown): boolean {
	return error instanceof UserError && error.code.startsWith('ssh.') && error.exitCode === exitCodes.unreachable;
}
