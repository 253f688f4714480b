import {spawn, spawnSync} from 'node:child_process';
import {
	appendFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createJournal} from '../../source/journal/journal.ts';
import {isAlive, processMark} from '../../source/journal/process-mark.ts';
import type {RunEvent} from '../../source/onboarding/event.ts';
import {replay} from '../../source/onboarding/run.ts';

let folder: string;
beforeEach(() => {
	folder = join(mkdtempSync(join(tmpdir(), 'meshboard-journal-')), 'state');
});
afterEach(() => {
	rmSync(join(folder, '..'), {recursive: true, force: true});
});

const started = (run: string, time = '2026-08-01T10:00:00.000Z'): RunEvent => ({
	time,
	run,
	target: 'ratings-vm.bookinfo',
	event: 'run.started',
	host: '10.128.0.2',
	options: {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab'},
	steps: [{id: 'bootstrap.image', phase: 'bootstrap', title: 'Pull the image'}],
	pid: process.pid,
});
const stepStarted = (run: string): RunEvent => ({
	time: '2026-08-01T10:00:01.000Z',
	run,
	target: 'ratings-vm.bookinfo',
	event: 'step.started',
	step: 'bootstrap.image',
	title: 'Pull the image',
});

describe('the journal', () => {
	it('tells a run again as it was', async () => {
		const journal = createJournal(folder);
		const run = journal.open('r1');
		run.append(started('r1'));
		run.append(stepStarted('r1'));
		await run.close();
		const [told] = await createJournal(folder).list();
		expect(told).toMatchObject({id: 'r1', alive: true, events: [started('r1'), stepStarted('r1')]});
		expect(replay(told?.events ?? [])?.steps[0]?.state).toBe('running');
	});

	it('is empty, without an error, where nothing was ever run', async () => {
		expect(await createJournal(folder).list()).toEqual([]);
	});

	it('is for the owner alone', async () => {
		mkdirSync(folder, {recursive: true, mode: 0o755});
		const run = createJournal(folder).open('r1');
		run.append(started('r1'));
		run.line('bootstrap.image', 'Pulling');
		await run.close();
		const mode = (path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8);
		expect(['.', 'runs', 'runs/r1'].map(mode)).toEqual(['700', '700', '700']);
		expect(['runs/r1/events.jsonl', 'runs/r1/bootstrap.image.log'].map(mode)).toEqual(['600', '600']);
	});

	it('has an event on disk when append returns', () => {
		const run = createJournal(folder).open('r1');
		run.append(started('r1'));
		expect(readFileSync(join(run.path, 'events.jsonl'), 'utf8')).toBe(`${JSON.stringify(started('r1'))}\n`);
	});

	it('lists the newest first', async () => {
		const journal = createJournal(folder);
		for (const [id, time] of [
			['a', '2026-08-01T10:00:00Z'],
			['c', '2026-08-03T10:00:00Z'],
			['b', '2026-08-02T10:00:00Z'],
		] as const)
			journal.open(id).append(started(id, time));
		expect((await journal.list()).map(({id}) => id)).toEqual(['c', 'b', 'a']);
	});

	it('goes on after a line that a kill cut off', async () => {
		const journal = createJournal(folder);
		const first = journal.open('r1');
		first.append(started('r1'));
		await first.close();
		appendFileSync(join(first.path, 'events.jsonl'), '{"time":"2026-08-01T10:00:01Z","run":"r1","targ');
		expect((await journal.list())[0]?.events).toEqual([started('r1')]);
		const second = journal.open('r1');
		second.append(stepStarted('r1'));
		await second.close();
		expect((await journal.list())[0]?.events).toEqual([started('r1'), stepStarted('r1')]);
	});

	it.each([
		['no JSON', 'garbage'],
		['another kind of value', '[1,2]'],
		['null', 'null'],
		['an unknown event', JSON.stringify({...stepStarted('r1'), event: 'from.the.future'})],
		['an event that lacks a field', JSON.stringify({...stepStarted('r1'), step: undefined})],
		['a field of another type', JSON.stringify({...started('r1'), steps: 'none'})],
		['an event of another run', JSON.stringify(stepStarted('r2'))],
		['binary', '\u0000\u0001\ufffd'],
	])('leaves out a damaged line: %s', async (_, line) => {
		const journal = createJournal(folder);
		const run = journal.open('r1');
		run.append(started('r1'));
		appendFileSync(join(run.path, 'events.jsonl'), `${line}\n`);
		run.append(stepStarted('r1'));
		expect((await journal.list())[0]?.events).toEqual([started('r1'), stepStarted('r1')]);
	});

	it('leaves out folders that are no runs', async () => {
		const journal = createJournal(folder);
		journal.open('r1').append(started('r1'));
		mkdirSync(join(folder, 'runs', 'empty'));
		writeFileSync(join(folder, 'runs', 'stray-file'), 'x');
		expect((await journal.list()).map(({id}) => id)).toEqual(['r1']);
	});

	it('says in a sentence that it cannot be written', () => {
		mkdirSync(join(folder, '..'), {recursive: true});
		writeFileSync(folder, 'a file where the folder should be');
		expect(() => createJournal(folder).open('r1')).toThrow(
			expect.objectContaining({code: 'config.state-unwritable', exitCode: 78}),
		);
	});

	it('takes no name that leads out of its folder', () => {
		const journal = createJournal(folder);
		expect(() => journal.open('../../etc')).toThrow(/not a name/);
		expect(() => journal.open('r1').line('../x', 'y')).toThrow(/not a name/);
	});

	it('can be closed twice', async () => {
		const run = createJournal(folder).open('r1');
		await run.close();
		await run.close();
	});
});

describe('output lines', () => {
	const log = (id: string) => readFileSync(join(folder, 'runs', id, 'bootstrap.image.log'), 'utf8');

	it('are in the file soon, without closing', async () => {
		const run = createJournal(folder).open('r1');
		run.line('bootstrap.image', 'Pulling');
		await expect.poll(() => log('r1'), {timeout: 1000}).toBe('Pulling\n');
	});

	it('are all there, in order, when there are very many', async () => {
		const run = createJournal(folder).open('r1');
		const lines = Array.from({length: 50_000}, (_, number) => `line ${number}`);
		for (const line of lines) run.line('bootstrap.image', line);
		await run.close();
		expect(log('r1')).toBe(`${lines.join('\n')}\n`);
	});

	it('are added to those of an earlier attempt', async () => {
		for (const line of ['first', 'second']) {
			const run = createJournal(folder).open('r1');
			run.line('bootstrap.image', line);
			await run.close();
		}
		expect(log('r1')).toBe('first\nsecond\n');
	});

	it('are written when the process ends without closing', () => {
		inAnotherProcess(`
			const run = createJournal(${JSON.stringify(folder)}).open('r1');
			for (let number = 0; number < 100; number++) run.line('bootstrap.image', 'line ' + number);
			process.exit(3);
		`);
		expect(log('r1').split('\n')).toHaveLength(101);
	});
});

describe('a run whose process', () => {
	it('was killed keeps every event, and is not alive', async () => {
		inAnotherProcess(`
			const run = createJournal(${JSON.stringify(folder)}).open('r1');
			run.append(${JSON.stringify(started('r1'))});
			run.append(${JSON.stringify(stepStarted('r1'))});
			process.kill(process.pid, 'SIGKILL');
		`);
		const [run] = await createJournal(folder).list();
		expect(run).toMatchObject({alive: false});
		expect(run?.events).toHaveLength(2);
	});

	it('is gone while another has its number is not alive', async () => {
		const journal = createJournal(folder);
		journal.open('r1').append(started('r1'));
		const mark = processMark(process.pid);
		if (existsSync('/proc/self/stat')) {
			writeFileSync(
				join(folder, 'runs', 'r1', 'process'),
				mark.replace(/\d+$/, (ticks) => String(Number(ticks) - 1)),
			);
			expect((await journal.list())[0]?.alive).toBe(false);
		}
		expect(isAlive(mark)).toBe(true);
	});

	it('is told by its events alone is found too', async () => {
		const journal = createJournal(folder);
		journal.open('r1').append(started('r1'));
		rmSync(join(folder, 'runs', 'r1', 'process'));
		expect((await journal.list())[0]?.alive).toBe(true);
	});

	it.each(['', '0', '-1', 'x', '999999999'])('is named by %j is not alive', (mark) => {
		expect(isAlive(mark)).toBe(false);
	});

	it('ends is not alive any more', async () => {
		const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
		const mark = processMark(child.pid ?? 0);
		expect(isAlive(mark)).toBe(true);
		const gone = new Promise((resolve) => child.once('exit', resolve));
		child.kill('SIGKILL');
		await gone;
		await sleep(10);
		expect(isAlive(mark)).toBe(false);
	});
});

describe('old runs', () => {
	const dead = (id: string, daysAgo: number) => {
		const path = join(folder, 'runs', id);
		mkdirSync(path, {recursive: true});
		writeFileSync(join(path, 'events.jsonl'), `${JSON.stringify(started(id))}\n`);
		writeFileSync(join(path, 'process'), '999999999');
		const time = Date.now() / 1000 - daysAgo * 86_400;
		utimesSync(join(path, 'events.jsonl'), time, time);
	};
	const ids = async () => (await createJournal(folder).list()).map(({id}) => id).sort();

	it('of more than 90 days are removed when a new one opens', async () => {
		dead('old', 91);
		dead('recent', 89);
		createJournal(folder).open('new').append(started('new'));
		expect(await ids()).toEqual(['new', 'recent']);
	});

	it('beyond 200 are removed, oldest first', async () => {
		for (let number = 0; number < 205; number++) dead(`r${number}`, number / 10);
		createJournal(folder).open('new').append(started('new'));
		const left = await ids();
		expect(left).toHaveLength(200);
		expect(left).not.toContain('r199');
		expect(left).toContain('r198');
	});

	it('stay while their process is alive, and while a run only goes on', async () => {
		dead('old', 100);
		dead('written', 100);
		writeFileSync(join(folder, 'runs', 'written', 'process'), processMark(process.pid));
		createJournal(folder).open('old');
		expect(await ids()).toEqual(['old', 'written']);
		createJournal(folder).open('new').append(started('new'));
		expect(await ids()).toContain('written');
	});
});

function inAnotherProcess(script: string): void {
	const journal = new URL('../../source/journal/journal.ts', import.meta.url).href;
	const code = `import {createJournal} from ${JSON.stringify(journal)};${script}`;
	const {stderr} = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {encoding: 'utf8'});
	expect(stderr.replace(/.*ExperimentalWarning[\s\S]*/, '')).toBe('');
}
