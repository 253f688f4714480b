import {expect, test} from 'vitest';
import {candidatesAt} from '../../../source/commands/completion/candidates.ts';
import {describeProgram} from '../../../source/commands/main.ts';
import {
	entriesIn,
	entriesPath,
	entryList,
	entryObject,
	json,
	refuse,
	startFakeApi,
	writeKubeconfig,
} from '../../helpers/fake-api.ts';
import {newHome, run} from '../process.ts';

const program = describeProgram();
const at = (...words: string[]) => candidatesAt(program, words.slice(0, -1), words.at(-1) ?? '');
const values = (...words: string[]) => at(...words).candidates.map(({value}) => value);

test('every command that the help shows is offered, with what it does', () => {
	const visible = program.createHelp().visibleCommands(program);
	const names = visible.map((command) => command.name()).filter((name) => name !== 'help');
	expect(values('')).toEqual(names);
	expect(at('').candidates.every(({description}) => description !== '')).toBe(true);
	expect(values('create', '')).toEqual(['entry', 'group', 'sidecar', 'service']);
});

test('every flag that the help shows is offered, and none twice', () => {
	for (const command of program.commands) {
		const help = command.createHelp();
		const shown = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].map(({long}) => long);
		const offered = values(command.name(), '-');
		expect(offered, command.name()).toEqual(expect.arrayContaining(shown));
		expect(new Set(offered).size, command.name()).toBe(offered.length);
	}
	expect(values('list', '-o', 'json', '-')).not.toContain('--output');
	expect(values('create', 'entry', '--set', 'a=b', '-')).toContain('--set');
});

test.each([
	['choices of a flag', ['onboard', '--layout', ''], ['container', 'package']],
	['choices of a short flag', ['list', '-o', ''], ['text', 'wide', 'json', 'yaml', 'name', 'ndjson']],
	['choices after =', ['onboard', '--layout=c'], ['--layout=container', '--layout=package']],
	['choices of an argument', ['completion', ''], ['bash', 'zsh', 'fish']],
	['a command after flags with values', ['-n', 'bookinfo', '--context=a', '-A', 'profile', 'u'], undefined],
	['nothing for a value that nobody knows', ['onboard', '--admin-user', ''], []],
	['no flags after --', ['onboard', '--', '-'], []],
] as const)('%s', (_title, words, expected) => {
	if (expected === undefined) expect(values(...words)).toContain('use');
	else expect(values(...words)).toEqual(expected);
});

test.each([
	[['onboard', ''], ['targets']],
	[['onboard', 'a.b', '-y', ''], ['targets']],
	[['-Anshop', 'logs', ''], ['targets']],
	[['list', '-n', ''], ['namespaces']],
	[['list', '--context', ''], ['contexts']],
	[['--profile', ''], ['profiles']],
	[['profile', 'use', ''], ['profiles']],
	[['profile', 'set', 'lab', ''], []],
	[['ratings'], []],
	[['ratings.'], ['targets']],
	[['list', ''], []],
] as const)('%j asks for %j', (words, live) => {
	expect(at(...words).live).toEqual(live);
});

test('files, folders, and words that are there already', () => {
	expect(at('lint', 'a')).toMatchObject({files: 'files', live: ['targets']});
	expect(at('list', '--kubeconfig', '')).toMatchObject({files: 'files'});
	expect(at('bootstrap', '-d', '')).toMatchObject({files: 'folders'});
	expect(at('onboard', 'a.b', '')).toMatchObject({files: 'none', taken: ['a.b']});
	expect(at('-nshop', '--context', 'lab', 'onboard', '').flags).toMatchObject({namespace: 'shop', context: 'lab'});
});

const complete = async (port: number, timeout: string) => {
	const kubeconfig = writeKubeconfig(`http://127.0.0.1:${port}`);
	const env = {MESHBOARD_COMPLETION_TIMEOUT: timeout};
	return run(['__complete', 'onboard', '--kubeconfig', kubeconfig, ''], newHome(), env);
};

test('what is no name of Kubernetes is not offered, whatever the server says', async () => {
	const names = ['good-vm', 'a b', '$(touch x)', '-rf', "a'b", 'a\nb', '\u001b[31mred', 'a\tb', ''];
	const {port} = await startFakeApi((_seen, response) =>
		json(
			response,
			200,
			entryList(
				names.map((name) => entryObject(name, 1)),
				1,
			),
		),
	);
	expect(await complete(port, '20s')).toEqual({code: 0, stdout: 'good-vm.bookinfo\t\n:4\n', stderr: ''});
});

test('who may not list all namespaces is offered the entries of the context', async () => {
	const {port} = await startFakeApi(({path}, response) => {
		if (path === entriesIn('mine')) return json(response, 200, entryList([entryObject('my-vm', 1, 'mine')], 1));
		return refuse(response, 403, path === entriesPath ? 'forbidden' : 'not this one');
	});
	expect((await complete(port, '20s')).stdout).toBe('my-vm.mine\t\n:4\n');
});

test('a server that does not answer is not waited for', async () => {
	const {port} = await startFakeApi(() => undefined);
	const started = Date.now();
	expect(await complete(port, '1s')).toEqual({code: 0, stdout: ':4\n', stderr: ''});
	// That second, and what a busy machine needs to start a process; a request would be given up after 30 s.
	expect(Date.now() - started).toBeLessThan(15_000);
});
