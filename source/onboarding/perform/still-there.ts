import {exitCodes, UserError} from '../../errors.ts';
import type {RemoteHost} from '../../ports.ts';

/** A VM that has no answer to this within the time has none to anything else. */
const patienceSeconds = 10;

/** The finding `ssh.connection-lost`, with the reason as far as the connection knows it. */
export async function connectionBroke(host: RemoteHost): Promise<UserError> {
	const unknown = Promise.resolve('closed without an exit status');
	return new UserError({
		code: 'ssh.connection-lost',
		message: `The connection to ${host.description} broke off.`,
		exitCode: exitCodes.unreachable,
		evidence: [{source: `ssh ${host.description}`, text: await Promise.race([host.closed, unknown])}],
	});
}

/**
 * Rejects with `ssh.connection-lost` when the VM itself is gone. Asked where silence was the answer: a port that nobody answers on
 * from a VM that is off the network says nothing of firewalls, or of the proxy.
 */
export async function stillThere(host: RemoteHost, signal: AbortSignal): Promise<void> {
	const {ended} = await host.exec('true', {timeoutSeconds: patienceSeconds, signal});
	if (ended === 'lost' || ended === 'timed-out') throw await connectionBroke(host);
}
