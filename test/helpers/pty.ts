import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {type IPty, spawn} from '@lydell/node-pty';
import {createScreen, type Screen, type Size} from './screen.ts';

/** A program in a real pseudo-terminal, with the screen that a person would see. */
export type Pty = {
	readonly screen: Screen;
	readonly pid: number;
	/** Everything that was written, escape sequences and all. */
	raw(): string;
	/** Types keys as a terminal sends them: `\r` is enter, `\x1b[A` is up. */
	type(keys: string): void;
	resize(size: Size): void;
	kill(signal: NodeJS.Signals): void;
	/** Takes the terminal away, as a closed window or a lost connection does. */
	hangUp(): void;
	/** Reads nothing more of what is written, until it is told to go on. */
	read(goesOn: boolean): void;
	/** Resolves when the condition holds for the screen; rejects with the screen's text after the time. */
	waitFor(condition: string | RegExp | ((text: string) => boolean), milliseconds?: number): Promise<string>;
	/** Calls the listener each time that something was drawn; returns the function that ends it. */
	onDraw(listener: () => void): () => void;
	/** Resolves when the program has ended and all of its output is drawn. */
	readonly exited: Promise<{readonly exitCode: number; readonly signal: number | undefined}>;
	/** Ends the program, if it still runs. */
	close(): Promise<void>;
};

export type PtyOptions = Size & {
	readonly cwd?: string;
	/** On top of this process's environment; undefined takes a variable out. */
	readonly env?: Readonly<Record<string, string | undefined>>;
};

const standard: Size = {columns: 80, rows: 24};

/** Starts a program in a pseudo-terminal. CI variables are taken out: they make Ink believe that nobody looks. */
export function startPty(file: string, args: readonly string[], options: Partial<PtyOptions> = {}): Pty {
	const size = {...standard, ...options};
	const child: IPty = spawn(file, [...args], {
		// It would go over the TERM of the environment.
		name: options.env?.['TERM'] ?? 'xterm-256color',
		cols: size.columns,
		rows: size.rows,
		cwd: options.cwd ?? process.cwd(),
		env: environment(options.env ?? {}),
	});
	const screen = createScreen(size);
	const listeners = new Set<() => void>();
	let raw = '';
	let drawn = Promise.resolve();
	child.onData((data) => {
		raw += data;
		drawn = screen.write(data).then(() => {
			for (const listener of [...listeners]) listener();
		});
	});
	// What the program asks of the terminal (its cursor, its attributes) is answered, as a real one does.
	screen.terminal.onData((answer) => child.write(answer));
	let isRunning = true;
	const exited = new Promise<{exitCode: number; signal: number | undefined}>((resolve) => {
		child.onExit(({exitCode, signal}) => {
			isRunning = false;
			// The last bytes may come after the exit.
			setTimeout(() => void drawn.then(() => resolve({exitCode, signal})), 50);
		});
	});
	return {
		screen,
		pid: child.pid,
		raw: () => raw,
		type: (keys) => child.write(keys),
		resize(next) {
			child.resize(next.columns, next.rows);
			screen.resize(next);
		},
		kill: (signal) => child.kill(signal),
		// Its types leave it out.
		hangUp: () => (child as IPty & {destroy(): void}).destroy(),
		read: (goesOn) => (goesOn ? child.resume() : child.pause()),
		async waitFor(condition, milliseconds = 10_000) {
			const holds = (text: string) =>
				typeof condition === 'string'
					? text.includes(condition)
					: condition instanceof RegExp
						? condition.test(text)
						: condition(text);
			for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(15)) {
				const text = screen.text();
				if (holds(text)) return text;
			}
			throw new Error(`Not seen within ${milliseconds} ms: ${String(condition)}. On the screen:\n${screen.text()}`);
		},
		onDraw(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		exited,
		async close() {
			if (isRunning) child.kill('SIGKILL');
			await exited;
		},
	};
}

function environment(changes: Readonly<Record<string, string | undefined>>): Record<string, string> {
	const all: Record<string, string | undefined> = {
		...process.env,
		TERM: 'xterm-256color',
		LANG: 'C.UTF-8',
		FORCE_COLOR: undefined,
		NODE_ENV: undefined,
		VITEST: undefined,
		CI: undefined,
		CONTINUOUS_INTEGRATION: undefined,
		...changes,
	};
	return Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}
