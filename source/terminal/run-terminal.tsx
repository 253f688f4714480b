import process from 'node:process';
import chalk from 'chalk';
import {type Instance, type RenderOptions, render} from 'ink';
import {exitCodes} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Session} from '../onboarding/session.ts';
import type {CommandHistory, Looks, Profiles} from '../ports.ts';
import {App} from './app.tsx';
import type {Binding} from './bindings.ts';
import {bound} from './bound.ts';
import type {SetUpSource} from './cockpit.ts';
import {ThemeContext} from './components/use-theme.ts';
import {type Controller, createController} from './controller.ts';
import {createForeground} from './foreground.ts';
import {keymap} from './keymap.ts';
import {createLinearOutput, linearSize} from './linear/linear-output.ts';
import {createMouse} from './mouse.ts';
import {pinColumns} from './pin-columns.ts';
import {holdPrinting} from './quiet.ts';
import {refusalOf} from './refusal.ts';
import type {Tour} from './screens-of.ts';
import type {Relink} from './state/effect.ts';
import type {ScreenName} from './state/ui.ts';
import {activeRuns, type Size} from './state/world.ts';
import {exitCodeOf, summaryOf} from './summary.ts';
import {createTheme} from './theme.ts';

export type TerminalOptions = {
	readonly readOnly: boolean;
	readonly version: string;
	readonly initialScreen?: ScreenName;
	/** The entry that is selected when the list has it. */
	readonly target?: TargetRef;
	/** False where journals and logs go with the program: they are not named at the end, and nothing can be resumed. */
	readonly kept?: boolean;
	/** True where the demo can be opened instead, when there is no cluster. */
	readonly offersDemo?: boolean;
	/** What the guided tour of the demo is about; absent: there is none. */
	readonly tour?: Tour;
	/** The context that is connected to, for the first frame. */
	readonly context?: string;
	/** Profiles for the time without a session. */
	readonly profiles?: Profiles;
	/** Opens a session again: another attempt, or with what changes. Without it, that needs a new start. */
	readonly connect?: (change: Relink) => Promise<Session>;
	/** The contexts of the kubeconfig, for the command line. */
	readonly contexts?: () => Promise<readonly string[]>;
	/** What the set-up begins with; it needs `profiles` and `connect`. */
	readonly setUp?: SetUpSource;
	/** Where lines of the command line are kept. */
	readonly history?: CommandHistory;
	/** The keys; absent: ours. */
	readonly keymap?: readonly Binding[];
	/** How the screens look. */
	readonly looks?: Looks;
};

/** How long the session may take to close before we leave without it, in milliseconds; runs that are left under way never settle. */
const closeWithin = {settled: 3000, underWay: 300};

/** How often we look whether our parent is still there, in milliseconds. */
const parentEvery = 300;

/**
 * News is drawn 20 times a second at most (controller.ts, use-output-ticks.ts); a key must not wait long for its turn after it.
 * Over SSH a frame costs the link more than it is worth.
 */
const framesPerSecond = {here: 60, overSsh: 15};

/**
 * Shows the screens until the person leaves. The first frame is drawn at once, while the session is still being opened; without one
 * the set-up asks first which.
 * The session is closed in the end. `summary` is for the normal screen: how each run ended and where its logs are;
 * `next` is `demo` where that was asked for instead.
 * Throws UserError `usage` when there is no terminal, and what was thrown by a bug after the terminal is as it was.
 */
export async function runTerminal(
	session: Session | Promise<Session> | undefined,
	options: TerminalOptions,
): Promise<{readonly summary: string; readonly exitCode: number; readonly next?: 'demo'}> {
	const {stdout, env} = process;
	const opening = session === undefined ? undefined : Promise.resolve(session);
	const {colour = true, mouse: wantsMouse = false, ...looks} = options.looks ?? {};
	const refused = refusalOf(process, looks.screenReader === true);
	if (refused !== undefined) {
		void opening?.then((opened) => opened.close()).catch(() => {});
		throw refused;
	}
	const theme = createTheme({...looks, depth: colour && !env.NO_COLOR ? chalk.level : 0, environment: env});
	// Ink draws with chalk, which without colours leaves out bold and inverse too: then nobody would see the selection.
	chalk.level = Math.max(1, chalk.level) as typeof chalk.level;
	const isDumb = env.TERM === 'dumb';
	const print = (text: string) => void stdout.write(text);
	const linear =
		looks.screenReader === true ? createLinearOutput(print, {characters: theme.text, modes: !isDumb}) : undefined;
	let instance: Instance | undefined;
	const mouse =
		wantsMouse && linear === undefined ? createMouse(process.stdin, (event) => controller.point(event)) : undefined;
	const controller = createController(opening, {
		context: options.context ?? '',
		version: options.version,
		readOnly: options.readOnly,
		initialScreen: session === undefined ? 'set-up' : (options.initialScreen ?? 'fleet'),
		target: options.target,
		kept: options.kept ?? true,
		offersDemo: options.offersDemo ?? false,
		tour: options.tour,
		size: linear === undefined ? sizeOf(stdout) : linearSize,
		profiles: options.profiles,
		connect: options.connect,
		contexts: options.contexts,
		setUp: options.setUp,
		history: options.history,
		keymap: options.keymap ?? keymap,
		foreground: createForeground(env),
		mouse,
		redraw() {
			if (linear !== undefined) return linear.repeat();
			instance?.clear();
			// Ink erases from where it left the cursor, which another program may have moved.
			print('\x1b[2J\x1b[H');
		},
		// OSC 52 of xterm's control sequences: moves no cursor, and works over SSH.
		copy: (text) => print(isDumb ? `${text}\n` : `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`),
	});
	const held = holdPrinting();
	const fatal = Promise.withResolvers<never>();
	const unhook = hook(controller, fatal.reject, linear === undefined);
	const run = async () => {
		const app = (
			<ThemeContext.Provider value={theme}>
				<App controller={controller} />
			</ThemeContext.Provider>
		);
		const drawing: RenderOptions =
			linear === undefined
				? {
						alternateScreen: true,
						incrementalRendering: true,
						maxFps: env.SSH_CONNECTION === undefined ? framesPerSecond.here : framesPerSecond.overSsh,
						kittyKeyboard: {mode: 'auto'},
						stdout: pinned(stdout),
						...(mouse === undefined ? {} : {stdin: mouse.stdin}),
					}
				: {stdout: linear.stdout, isScreenReaderEnabled: true, debug: true};
		instance = render(app, {...drawing, interactive: true, exitOnCtrlC: false, patchConsole: false});
		mouse?.ask();
		// Ink ends by itself only when a part of the root cannot be drawn: that is our bug.
		const broken = instance.waitUntilExit().then(() => new Promise<never>(() => {}));
		return Promise.race([controller.ended, broken, fatal.promise]);
	};
	try {
		const asked = await run();
		const runs = controller.runs();
		const summary = summaryOf(runs, {theme, now: Date.now(), kept: options.kept ?? true});
		if (asked === 'demo') return {summary, exitCode: exitCodes.done, next: asked};
		return {summary, exitCode: asked ?? exitCodeOf(runs)};
	} finally {
		mouse?.release();
		instance?.unmount();
		await instance?.waitUntilExit().catch(() => {});
		linear?.stop();
		controller.stop();
		const printed = held.release();
		if (printed !== '') process.stderr.write(printed);
		await closeSession(controller.session());
		unhook();
	}
}

/** Signals, lost terminals and stray faults end the screen in good order; returns the function that lets go of them. */
function hook(controller: Controller, fail: (error: unknown) => void, isSized: boolean): () => void {
	const signals = {SIGTERM: exitCodes.terminated, SIGHUP: exitCodes.hangup, SIGINT: exitCodes.interrupted} as const;
	// ctrl+c in an editor or in ssh is for them, though the terminal tells all of us.
	const leave = (signal: string, code: number) => {
		if (signal !== 'SIGINT' || !controller.isAway()) controller.quit(code, false);
	};
	const handlers = Object.entries(signals).map(([signal, code]) => [signal, () => leave(signal, code)] as const);
	const lost = () => controller.quit(exitCodes.hangup, false);
	const resized = () => controller.resize(sizeOf(process.stdout));
	for (const [signal, handler] of handlers) process.on(signal, handler);
	process.on('uncaughtException', fail);
	process.on('unhandledRejection', fail);
	process.stdin.on('end', lost);
	// EIO, where the terminal is no longer ours.
	process.stdin.on('error', lost);
	// Whoever started us (npx, a script) and was killed tells nobody: the shell above has the terminal back, in our state.
	const parent = process.ppid;
	const look = setInterval(() => process.ppid === parent || lost(), parentEvery);
	// Before Ink's own listener: the frame for the new size must be there when it draws.
	if (isSized) process.stdout.prependListener('resize', resized);
	return () => {
		for (const [signal, handler] of handlers) process.off(signal, handler);
		process.off('uncaughtException', fail);
		process.off('unhandledRejection', fail);
		process.stdin.off('end', lost);
		process.stdin.off('error', lost);
		clearInterval(look);
		process.stdout.off('resize', resized);
	};
}

/** The terminal as Ink draws on it: every column stands where we count it. */
function pinned(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
	const write = (drawn: string, ...rest: []) => stdout.write(pinColumns(drawn, stdout.columns), ...rest);
	return new Proxy(stdout, {get: (target, name) => (name === 'write' ? write : bound(target, name))});
}

function sizeOf(stdout: NodeJS.WriteStream): Size {
	return {columns: stdout.columns || 80, rows: stdout.rows || 24};
}

async function closeSession(session: Session | undefined): Promise<void> {
	if (session === undefined) return;
	const late = Promise.withResolvers<void>();
	const isUnderWay = activeRuns({runs: session.runs.getSnapshot()}).length > 0;
	const timer = setTimeout(late.resolve, isUnderWay ? closeWithin.underWay : closeWithin.settled);
	await Promise.race([session.close().catch(() => {}), late.promise]);
	clearTimeout(timer);
}
