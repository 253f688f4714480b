import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createCommandHistory} from '../../source/files/command-history.ts';

let home: string;
beforeEach(async () => {
	home = await mkdtemp(join(tmpdir(), 'history-'));
});
afterEach(() => rm(home, {recursive: true, force: true}));

test('lines are kept for the user alone, newest last, each once, and nothing else lies about', async () => {
	const folder = join(home, 'state');
	const history = createCommandHistory(folder);
	expect(await history.read()).toEqual([]);
	for (const line of ['ns bookinfo', 'runs', 'ns bookinfo']) await history.add(line);
	expect(await createCommandHistory(folder).read()).toEqual(['runs', 'ns bookinfo']);
	expect((await stat(join(folder, 'commands'))).mode & 0o777).toBe(0o600);
	expect((await stat(folder)).mode & 0o777).toBe(0o700);
	expect(await readdir(folder)).toEqual(['commands']);
});

test('the file does not grow without end', async () => {
	await writeFile(join(home, 'commands'), Array.from({length: 500}, (_, at) => `ns team-${at}\n`).join(''));
	const history = createCommandHistory(home);
	await history.add('ns last');
	const lines = (await readFile(join(home, 'commands'), 'utf8')).trimEnd().split('\n');
	expect([lines.length, lines[0], lines.at(-1)]).toEqual([200, 'ns team-301', 'ns last']);
});

test('what somebody wrote into it does not reach the screen, and a folder that cannot be used is no fault', async () => {
	await writeFile(join(home, 'commands'), 'ns a\n\x1b]52;c;aGk=\x07\n');
	expect(await createCommandHistory(home).read()).toEqual(['ns a']);
	const nowhere = createCommandHistory(join(home, 'commands'));
	await expect(nowhere.add('ns b')).resolves.toBeUndefined();
	expect(await nowhere.read()).toEqual([]);
});
