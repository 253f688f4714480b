import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {load} from 'js-yaml';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {asList, asRecord, asText} from '../../source/mesh/untyped.ts';
import {startPty} from '../helpers/pty.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome, profiles} from './process.ts';

/* docs/k9s/plugin.yaml, read and run as k9s does. */

const plugin = asRecord(load(readFileSync(new URL('../../docs/k9s/plugin.yaml', import.meta.url), 'utf8')));
const args = asList(plugin['args']).map(String);

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

test('has what k9s wants of a plugin, and nothing that it does not know', () => {
	// derailed/k9s, internal/config/json/schemas/plugin.json at 140fcbe: other fields refuse the whole file.
	const text = expect.any(String);
	expect(plugin).toEqual({shortCut: text, description: text, scopes: [text], command: text, args: expect.any(Array)});
	// internal/ui/key.go, KeyNames; no view of k9s has this key for WorkloadEntries.
	expect(plugin['shortCut']).toMatch(/^Shift-[A-Z]$/);
	// internal/view/actions.go, inScope: names of the kind as the API server has them.
	expect(plugin['scopes']).toEqual(['workloadentries']);
	for (const arg of asList(plugin['args'])) expect(['string', 'number']).toContain(typeof arg);
	// internal/view/env.go: a variable that k9s does not know stays as it is written.
	const known = ['KUBECONFIG', 'CONTEXT', 'NAME', 'NAMESPACE'];
	for (const [, name] of args.join(' ').matchAll(/\$([\w-]+)/g)) expect(known).toContain(name);
});

/** internal/view/env.go, Substitute: the longest names first, in every place. */
function substitute(arg: string, env: Readonly<Record<string, string>>): string {
	const names = [...arg.matchAll(/\$([\w-]+)/g)].map(([, name = '']) => name).toSorted((a, b) => b.length - a.length);
	return names.reduce((text, name) => text.replaceAll(`$${name}`, env[name] ?? `$${name}`), arg);
}

test.each([
	['one file', (file: string) => file],
	['a list of files', (file: string) => `/nowhere:${file}`],
])('opens meshboard at the selected entry, on the cluster of k9s: %s', async (_, kubeconfig) => {
	// The profile looks at another cluster; k9s does not ask it.
	const config = {version: 1, profiles: {default: {kubeconfig: '/nowhere/else', context: 'other'}}};
	const home = newHome(profiles(JSON.stringify(config)));
	const bin = join(home, 'bin');
	mkdirSync(bin);
	writeFileSync(join(bin, 'meshboard'), `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`);
	chmodSync(join(bin, 'meshboard'), 0o755);
	const {'current-context': context} = asRecord(load(readFileSync(sandbox.kubeconfig, 'utf8')));
	const selected = {NAME: 'orders-vm', NAMESPACE: 'payments', CONTEXT: asText(context)};
	const words = args.map((arg) => substitute(arg, {...selected, KUBECONFIG: kubeconfig(sandbox.kubeconfig)}));
	const env = {HOME: home, XDG_CONFIG_HOME: join(home, 'config'), PATH: `${bin}:/usr/bin:/bin`, KUBECONFIG: undefined};
	const board = startPty(asText(plugin['command']), words, {columns: 140, rows: 30, env});
	onTestFinished(() => board.close());
	await board.waitFor(/▸ .*orders-vm/, 20_000);
	expect(board.screen.lines()[0]).toContain(asText(context));
	board.type('q');
	expect((await board.exited).exitCode).toBe(0);
});
