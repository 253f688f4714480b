import type {LocalFile, RemoteHost} from '../../ports.ts';
import type {Answers, Feed} from '../action.ts';
import {counted} from './counted.ts';
import type {OnOutput} from './on-output.ts';
import {connectionBroke} from './still-there.ts';

/** Runs a command with a file of this machine as its input, part by part as the VM takes it. Throws `ssh.connection-lost`. */
export async function feedFile(
	host: RemoteHost,
	{from, command}: Feed,
	open: (path: string) => Promise<LocalFile>,
	onOutput: OnOutput,
	options: {readonly timeoutSeconds: number; readonly signal: AbortSignal},
): Promise<Answers['feed']> {
	const input = counted(await open(from), onOutput);
	const result = await host.exec(command, {...options, input, onOutput});
	options.signal.throwIfAborted();
	if (result.ended === 'lost') throw await connectionBroke(host);
	return result;
}
