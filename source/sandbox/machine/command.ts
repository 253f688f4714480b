import type {Machine} from './machine.ts';
import type {Session} from './session.ts';

export type Result = {readonly stdout: string; readonly stderr: string; readonly exitCode: number};

/** What a command of the machine sees. Its standard input is bytes, one to a character (latin1). */
export type Io = {
	readonly machine: Machine;
	readonly session: Session;
	readonly stdin: string;
	readonly cwd: string;
	/** The exported variables. */
	readonly environment: Readonly<Record<string, string>>;
	readonly signal: AbortSignal | undefined;
	/** Writes to standard output: at once where a person watches, else with the result. */
	print(text: string): void;
	/** Sets a variable of the calling shell. */
	assign(name: string, value: string): Promise<void>;
	/** Runs a command of this shell by its words. */
	call(words: readonly string[], stdin: string): Promise<Result>;
};

/** A program of the machine. `args` without its name. */
export type MachineCommand = (args: readonly string[], io: Io) => Result | Promise<Result>;

export type Commands = Readonly<Record<string, MachineCommand>>;

export function ok(stdout = ''): Result {
	return {stdout, stderr: '', exitCode: 0};
}

export function fail(words: string, exitCode = 1, stdout = ''): Result {
	return {stdout, stderr: words === '' ? '' : `${words}\n`, exitCode};
}

/**
 * Options of one letter or long ones, and the rest. `takes`: names of options that have a value. Options may stand behind other
 * words, as GNU's programs have it, unless `leading`: for programs that hand the rest to another one.
 */
export function parseOptions(args: readonly string[], takes: readonly string[] = [], {leading = false} = {}) {
	const options = new Map<string, string[]>();
	const add = (name: string, value: string) => options.set(name, [...(options.get(name) ?? []), value]);
	const words: string[] = [];
	let index = 0;
	for (; index < args.length; index++) {
		const arg = args[index] ?? '';
		if (arg === '--') {
			index++;
			break;
		}
		if (arg.startsWith('--')) {
			const [name = '', ...value] = arg.split('=');
			add(name, value.length > 0 ? value.join('=') : takes.includes(name) ? (args[++index] ?? '') : '');
		} else if (/^-./.test(arg)) {
			for (let at = 1; at < arg.length; at++) {
				const name = `-${arg[at]}`;
				if (!takes.includes(name)) add(name, '');
				else {
					add(name, at + 1 < arg.length ? arg.slice(at + 1).replace(/^=/, '') : (args[++index] ?? ''));
					break;
				}
			}
		} else if (leading) break;
		else words.push(arg);
	}
	const has = (...names: readonly string[]) => names.some((name) => options.has(name));
	const value = (...names: readonly string[]) => names.flatMap((name) => options.get(name) ?? []).at(-1);
	return {has, value, values: (name: string) => options.get(name) ?? [], rest: [...words, ...args.slice(index)]};
}
