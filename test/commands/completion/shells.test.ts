import {execFile, execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {load} from 'js-yaml';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {asList, asRecord} from '../../../source/mesh/untyped.ts';
import {type Pty, startPty} from '../../helpers/pty.ts';
import {openSandbox} from '../../sandbox/open-sandbox.ts';
import {cli, closed, newHome, profiles} from '../process.ts';

/*
 * Completion in the real shells, in a terminal of their own: a line is typed with tabs and entered, and the program says which words it got.
 * Names come from the sandbox's API server. Where a shell is missing, its tests say so and are skipped.
 */

const arn = 'arn:aws:eks:eu-1:42:cluster/mesh';
const evil = 'two words $(touch pwned)';

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;

beforeAll(async () => {
	sandbox = await openSandbox();
	home = newHome({
		...profiles(JSON.stringify({version: 1, profiles: {staging: {}}})),
		'.kube/config': withContexts(readFileSync(sandbox.kubeconfig, 'utf8')),
		'work/manifest one.yaml': '',
	});
	mkdirSync(join(home, 'bin'));
	// Only completion reaches the program; all else is told word by word.
	const stub = `#!/bin/sh\nif [ "$1" = __complete ]; then exec '${process.execPath}' '${cli}' "$@"; fi\nprintf '<%s>' "$@"\necho .\n`;
	writeFileSync(join(home, 'bin', 'meshboard'), stub);
	chmodSync(join(home, 'bin', 'meshboard'), 0o755);
});
afterAll(() => sandbox.close());

/** The sandbox's context under names that a shell could trip over, and one where nobody answers. */
function withContexts(text: string): string {
	const config = asRecord(load(text));
	const first = asRecord(asList(config['contexts'])[0]);
	const more = [arn, evil].map((name) => ({...first, name}));
	const dead = {name: 'dead', context: {...asRecord(first['context']), cluster: 'dead'}};
	const clusters = [...asList(config['clusters']), {name: 'dead', cluster: {server: closed}}];
	return JSON.stringify({...config, clusters, contexts: [first, ...more, dead]});
}

const starts = {
	bash: ['--norc', '--noprofile', '-i'],
	zsh: ['-f', '-i'],
	fish: ['--no-config', '-i'],
} as const;
const loads = {
	bash: 'PS1="> "; source ../completion',
	zsh: 'PS1="> "; autoload -Uz compinit; compinit -u -D; source ../completion',
	fish: 'function fish_prompt; echo "> "; end; source ../completion',
} as const;

/** What is typed, and the words that the program must get. */
const lines: ReadonlyArray<readonly [string, string, string]> = [
	['commands, flags and their choices', 'onb\t--la\tpa\t', '<onboard><--layout><package>'],
	['choices after =', 'list --output=nd\t', '<list><--output=ndjson>'],
	['entries', 'onboard ra\tled\t', '<onboard><ratings-vm.bookinfo><ledger-vm.payments>'],
	['entries of a namespace', 'logs -n pay\to\t', '<logs><-n><payments><orders-vm.payments>'],
	['an entry for the screens', 'ratings-vm.\t', '<ratings-vm.bookinfo>'],
	['profiles', 'profile use st\t', '<profile><use><staging>'],
	['settings, without a space after =', 'profile set lab sshU\tops', '<profile><set><lab><sshUser=ops>'],
	['a context with colons', 'list --context arn:aws:e\t-A', `<list><--context><${arn}><-A>`],
	['a context with colons after =', 'list --context=arn:aws:e\t-A', `<list><--context=${arn}><-A>`],
	['a context that a shell could run', 'list --context tw\t-A', `<list><--context><${evil}><-A>`],
	['files', 'lint mani\t-A', '<lint><manifest one.yaml><-A>'],
	['nothing, in silence, where nobody answers', 'renew --context dead ra\t', '<renew><--context><dead><ra>'],
];

describe.concurrent.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
	const isMissing = !existsSync(`/usr/bin/${shell}`);
	test.skipIf(isMissing)(
		`completes${isMissing ? ` (there is no /usr/bin/${shell})` : ''}`,
		{timeout: 120_000},
		async () => {
			const folder = join(home, 'work');
			writeFileSync(join(home, 'completion'), execFileSync(process.execPath, [cli, 'completion', shell]));
			const pty = startPty(`/usr/bin/${shell}`, starts[shell], {
				columns: 200,
				rows: 50,
				cwd: folder,
				env: {...environment(), PATH: `${join(home, 'bin')}:/usr/bin:/bin`},
			});
			try {
				await ready(pty, `${loads[shell]}; echo loa''ded`, 'loaded');
				for (const [title, typed, told] of lines) await ready(pty, `clear; meshboard ${typed}`, `${told}.`, title);
				expect(existsSync(join(folder, 'pwned'))).toBe(false);
			} finally {
				await pty.close();
			}
		},
	);
});

function environment(): Record<string, string | undefined> {
	const own = {HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_CACHE_HOME: join(home, 'cache')};
	const limits = {KUBECONFIG: undefined, MESHBOARD_PROFILE: undefined, MESHBOARD_COMPLETION_TIMEOUT: '12s'};
	return {...own, ...limits, XDG_DATA_HOME: join(home, 'data')};
}

async function ready(pty: Pty, line: string, seen: string, title = 'the script'): Promise<void> {
	pty.type(`${line}\r`);
	await pty.waitFor(seen, 30_000).catch((error: Error) => expect.fail(`${title}: ${error.message}`));
}

const noKubectl = !existsSync('/usr/bin/kubectl');
test.skipIf(noKubectl)(
	`kubectl finds the plugin and its completion${noKubectl ? ' (there is no kubectl)' : ''}`,
	async () => {
		const bin = join(home, 'plugin');
		mkdirSync(bin);
		for (const name of ['kubectl-meshboard', 'kubectl_complete-meshboard']) symlinkSync(cli, join(bin, name));
		const env = {...process.env, ...environment(), PATH: `${bin}:${join(process.execPath, '..')}:/usr/bin:/bin`};
		// The sandbox answers from this process: it must not be held up.
		const kubectl = async (...words: string[]) => (await promisify(execFile)('/usr/bin/kubectl', words, {env})).stdout;
		expect(await kubectl('meshboard', '--help')).toMatch(/^Usage: kubectl meshboard \[options\]/);
		expect(await kubectl('meshboard', 'list', '--help')).toMatch(/^Usage: kubectl meshboard list \[options\]/);
		expect(await kubectl('__complete', 'meshboard', 'onboard', 'ra')).toContain('ratings-vm.bookinfo\n:4\n');
	},
);
