import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {afterAll, afterEach, beforeAll, expect} from 'vitest';
import {buildFixture} from './build-fixture.ts';
import {type Pty, type PtyOptions, startPty} from './pty.ts';

/** The screens on the fake session, in a terminal and a folder of their own. */
export type StartedApp = Pty & {
	readonly folder: string;
	/** The terminal is as it was: screen, cursor, marked paste, mouse, line settings. */
	expectRestored(): void;
};

/**
 * How the shell runs the app: as its child, between two looks at the terminal's settings. WORDS are on the command line, though the fixture
 * reads none.
 */
const plainly = 'stty -a >before; "$NODE" "$APP" $WORDS; code=$?; stty -a >after; echo "code $code"; exit $code';

/** Builds the app once for the tests of a file; what they start ends with them. */
export function appOfFixture() {
	let app = '';
	const started: Array<{readonly pty: Pty; readonly folder: string}> = [];
	beforeAll(async () => {
		app = await buildFixture();
	});
	afterAll(() => rmSync(app, {force: true}));
	afterEach(async () => {
		for (const {pty, folder} of started.splice(0)) {
			await pty.close();
			rmSync(folder, {recursive: true});
		}
	});
	/** Starts a shell, by default one that runs the app; `fixture` is what the app is told, `before` prepares its folder. */
	return function startApp(
		fixture: Record<string, unknown> = {},
		{
			shell = ['/bin/sh', '-c', plainly],
			before,
			...terminal
		}: Partial<PtyOptions> & {
			readonly shell?: readonly string[];
			readonly before?: (folder: string) => void;
		} = {},
	): StartedApp {
		const folder = mkdtempSync(join(tmpdir(), 'meshboard-'));
		before?.(folder);
		const [program = '', ...words] = shell;
		const pty = startPty(program, words, {
			cwd: folder,
			...terminal,
			env: {
				NODE: process.execPath,
				APP: app,
				NODE_ENV: 'production',
				FIXTURE: JSON.stringify(fixture),
				...terminal.env,
			},
		});
		started.push({pty, folder});
		return {
			...pty,
			folder,
			expectRestored() {
				const {screen, raw} = pty;
				expect(screen.isAlternate()).toBe(false);
				expect(screen.isPasteMarked()).toBe(false);
				expect(screen.terminal.modes.mouseTrackingMode).toBe('none');
				if (raw().includes('\x1b[?25l'))
					expect(raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(raw().lastIndexOf('\x1b[?25l'));
				// The size is the terminal's own.
				const line = (name: string) => readFileSync(join(folder, name), 'utf8').replace(/rows \d+; columns \d+;/, '');
				expect(line('after')).toBe(line('before'));
			},
		};
	};
}

/** The children of a process. */
export function children(pid: number): readonly number[] {
	return execFileSync('sh', ['-c', `ps -o pid= --ppid ${pid} || true`], {encoding: 'utf8'})
		.split('\n')
		.filter((line) => line.trim() !== '')
		.map(Number);
}
