import {PassThrough, Writable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {render} from 'ink';
import {App} from '../../source/terminal/app.tsx';
import type {ControllerOptions} from '../../source/terminal/cockpit.ts';
import {type Controller, createController} from '../../source/terminal/controller.ts';
import {keymap} from '../../source/terminal/keymap.ts';
import {createFakeSession, type FakeSession} from '../terminal/fake-session.ts';
import {createScreen, type Screen, type Size} from './screen.ts';

/** The screens on a fake session in this process, drawn on an emulated terminal. */
export type Shown = {
	readonly screen: Screen;
	readonly controller: Controller;
	readonly session: FakeSession;
	/** Types keys as a terminal sends them and waits until they are drawn. */
	type(keys: string): Promise<void>;
	/** Waits until nothing more is drawn. */
	settle(): Promise<void>;
	/** Waits until a text is on the screen. */
	waitFor(text: string | RegExp): Promise<void>;
	close(): void;
};

/** Shows the screens. Much faster than a pseudo-terminal; what only a real one can tell is in the tests of pty. */
export async function show(
	size: Size,
	session: FakeSession = createFakeSession(),
	options: Partial<ControllerOptions> = {},
): Promise<Shown> {
	const screen = createScreen(size);
	// A real terminal's driver turns a line feed into carriage return and line feed.
	screen.terminal.options.convertEol = true;
	let drawn = Promise.resolve();
	const stdout = Object.assign(
		new Writable({
			write(chunk: Buffer, _, done) {
				drawn = screen.write(chunk.toString('utf8'));
				done();
			},
		}),
		{...size, isTTY: true},
	);
	const stdin = Object.assign(new PassThrough(), {
		isTTY: true,
		setRawMode: () => stdin,
		ref: () => stdin,
		unref: () => stdin,
	});
	const controller = createController(Promise.resolve(session), {
		context: 'kind-lab',
		version: '0.1.0',
		readOnly: false,
		initialScreen: 'fleet',
		target: undefined,
		kept: true,
		offersDemo: true,
		tour: undefined,
		size,
		profiles: undefined,
		connect: undefined,
		setUp: undefined,
		contexts: undefined,
		history: undefined,
		keymap,
		// An editor that changes something of an entry.
		foreground: {edit: async (_, text) => text.replace('v1', 'v2'), shell: async () => 0},
		mouse: undefined,
		redraw: () => {},
		copy: () => {},
		...options,
	});
	const instance = render(<App controller={controller} />, {
		stdout,
		stdin,
		interactive: true,
		alternateScreen: true,
		exitOnCtrlC: false,
		incrementalRendering: true,
		patchConsole: false,
		maxFps: 1000,
	});
	const settle = async () => {
		await sleep(10);
		await instance.waitUntilRenderFlush();
		await drawn;
	};
	await settle();
	return {
		screen,
		controller,
		session,
		settle,
		async type(keys) {
			stdin.write(keys);
			// A lone escape is known as such only after 20 ms of silence.
			if (keys.endsWith('\x1b')) await sleep(30);
			await settle();
		},
		async waitFor(text) {
			for (const end = Date.now() + 5000; Date.now() < end; await settle()) {
				if (typeof text === 'string' ? screen.text().includes(text) : text.test(screen.text())) return;
			}
			throw new Error(`Not seen: ${String(text)}. On the screen:\n${screen.text()}`);
		},
		close() {
			controller.stop();
			instance.unmount();
		},
	};
}
