import type {ExecOptions, ExecResult, RemoteHost} from '../../source/ports.ts';

export type Ran = {readonly command: string; readonly input: string};

/** A VM whose commands answer from a function; what was run, and what came on standard input, is kept. */
export function scriptedHost(
	answer: (command: string, input: string) => Partial<ExecResult>,
	description = 'admin@10.128.0.2:22',
): RemoteHost & {readonly ran: Ran[]} {
	const ran: Ran[] = [];
	return {
		ran,
		description,
		hostKey: 'SHA256:test',
		closed: new Promise(() => undefined),
		close: () => undefined,
		dial: () => Promise.resolve({ok: false, failure: 'prohibited', text: 'not scripted'}),
		async exec(command: string, options: ExecOptions = {}) {
			const input = options.input === undefined ? '' : Buffer.from(options.input as string).toString('utf8');
			ran.push({command, input});
			return {code: 0, ended: 'exited', stdout: '', stderr: '', ...answer(command, input)};
		},
	};
}
