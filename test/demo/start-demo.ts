import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'vitest';
import {openApi} from '../helpers/open-api.ts';
import {type Pty, startPty} from '../helpers/pty.ts';
import type {Size} from '../helpers/screen.ts';

export const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

/** A folder of the test's own, gone after it, which is home and the place for temporary files. */
export function ownFolders({onTestFinished}: TestContext) {
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-test-'));
	onTestFinished(() => rmSync(folder, {recursive: true}));
	const env: Record<string, string | undefined> = {
		HOME: folder,
		TMPDIR: folder,
		KUBECONFIG: undefined,
		XDG_CONFIG_HOME: undefined,
		XDG_STATE_HOME: undefined,
		// A run of its own, as a person starts it.
		NODE_ENV: undefined,
		FORCE_COLOR: undefined,
		VISUAL: undefined,
		// An editor that leaves every text as it is.
		EDITOR: 'true',
	};
	/** The folder that the demo made, in which its kubeconfig lies; undefined: there is none. */
	const demo = () => {
		const [name] = readdirSync(folder).filter((each) => each.startsWith('meshboard-demo-'));
		return name === undefined ? undefined : join(folder, name);
	};
	return {folder, env, demo};
}

/** `meshboard WORDS` in a terminal, run by a shell that notes the terminal's settings before and after. */
export function startMeshboard(
	context: TestContext,
	words: readonly string[],
	size: Size,
	variables: Readonly<Record<string, string>> = {},
) {
	const {folder, env, demo} = ownFolders(context);
	// The shell outlives a signal to both, or a ctrl+c that comes late, so that it can look at the terminal afterwards.
	const script = 'trap : TERM INT; stty -a >before; "$0" "$@"; code=$?; stty -a >after; exit $code';
	const pty: Pty = startPty('/bin/sh', ['-c', script, process.execPath, cli, ...words], {
		...size,
		cwd: folder,
		env: {...env, ...variables},
	});
	context.onTestFinished(() => pty.close());
	// The size is the terminal's own: a test may have changed it.
	const line = (name: string) => readFileSync(join(folder, name), 'utf8').replace(/rows \d+; columns \d+;/, '');
	return {
		...pty,
		demo,
		/** Where it was started. */
		folder,
		/** True when the terminal is as it was before: screen, cursor, mouse, line settings. */
		isRestored: () =>
			!pty.screen.isAlternate() &&
			pty.screen.terminal.modes.mouseTrackingMode === 'none' &&
			pty.raw().lastIndexOf('\x1b[?25h') > pty.raw().lastIndexOf('\x1b[?25l') &&
			line('after') === line('before'),
		/** Changes an object of the demo's cluster, as a colleague with kubectl does. */
		async patch(path: string, change: object) {
			const {api} = openApi(join(demo() ?? '', 'kubeconfig'));
			const headers = {'content-type': 'application/merge-patch+json'};
			const {status, body} = await api(`/apis/networking.istio.io/v1/namespaces/${path}`, {
				method: 'PATCH',
				body: change,
				headers,
			});
			if (status !== 200) throw new Error(`${path} was not changed: ${body}`);
		},
	};
}
