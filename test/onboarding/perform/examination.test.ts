import {expect, it, test} from 'vitest';
import {exitCodes, UserError} from '../../../source/errors.ts';
import type {Action} from '../../../source/onboarding/action.ts';
import type {DoctorEvent} from '../../../source/onboarding/doctor/examination.ts';
import {factNames} from '../../../source/onboarding/doctor/facts.ts';
import {startExamination} from '../../../source/onboarding/perform/examination.ts';
import {namesFor} from '../../../source/onboarding/perform/rounds.ts';
import {createLimit} from '../../../source/onboarding/scheduler.ts';
import {createRedactor} from '../../../source/output/redact.ts';
import {contextOf, sound} from '../doctor/sound.ts';
import {ran} from '../drive.ts';
import {ok} from '../verify/world.ts';

/** A watched VM on which only the engine's words and the envoy's matter; each round waits until the test lets it begin. */
function watched(answer: (action: Action) => unknown, plan: () => void = () => undefined) {
	const stop = new AbortController();
	const told: DoctorEvent[] = [];
	const counts = {plans: 0, performers: 0, reconnects: 0, closed: 0};
	const asked: Action[] = [];
	let time = 0;
	let next = Promise.withResolvers<void>();
	const pauses: number[] = [];
	const one = (action: Action): unknown => {
		asked.push(action);
		return answer(action);
	};
	const examination = startExamination(
		{
			plan: async () => {
				counts.plans++;
				plan();
				return contextOf();
			},
			performer: () => {
				counts.performers++;
				return {
					perform: async (action) => one(action),
					reconnect: () => void counts.reconnects++,
					close: async () => void counts.closed++,
				};
			},
			serverTime: () => 0,
			clock: {
				now: () => new Date(time),
				sleep(milliseconds, signal) {
					pauses.push(milliseconds);
					signal?.addEventListener('abort', () => next.resolve());
					return next.promise;
				},
			},
			limit: createLimit(1),
			redactor: createRedactor(),
			watch: true,
		},
		'ratings-vm.bookinfo',
		stop.signal,
	);
	examination.onEvent((event) => told.push(event));
	const rounds = async (count: number) => {
		await expect.poll(() => examination.getSnapshot().rounds).toBe(count);
		await expect.poll(() => pauses.length).toBe(count);
	};
	return {
		examination,
		told,
		counts,
		asked,
		pauses,
		rounds,
		/** Begins the next round after so many ms. */
		async again(count: number, milliseconds: number) {
			time += milliseconds;
			const go = next;
			next = Promise.withResolvers();
			asked.length = 0;
			told.length = 0;
			go.resolve();
			await rounds(count);
		},
		async stop() {
			stop.abort();
			await examination.settled();
		},
	};
}

let engine = {code: 0, stdout: '', stderr: ''};
const down = {...engine, code: 1, stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.'};
function answers(action: Action): unknown {
	switch (action.kind) {
		case 'exec':
			return action.command.includes('inspect') ? ran(engine.stdout, engine.code, engine.stderr) : ran();
		case 'http':
			return ok('');
		case 'istiod':
			return {done: false, text: 'forbidden'};
		case 'dial':
		case 'pod-dial':
			return {outcome: 'open', ms: 1, text: '', chain: [], from: 'here'};
		default:
			return undefined;
	}
}

it('tells once what is found, then only what changes, over the connection that stands', async () => {
	engine = down;
	const watch = watched(answers);
	await watch.rounds(1);
	const idsOf = () => watch.examination.getSnapshot().findings.map(({id}) => id);
	const found = idsOf();
	expect(found.length).toBeGreaterThan(0);
	expect(watch.told.at(-1)?.event).toBe('doctor.finished');

	await watch.again(2, 5000);
	expect(watch.told, 'nothing has changed').toEqual([]);
	expect(watch.counts).toMatchObject({plans: 2, performers: 1, reconnects: 0, closed: 0});

	engine = {code: 0, stdout: sound.proxy.inspection?.stdout ?? '', stderr: ''};
	await watch.again(3, 5000);
	expect(watch.told.map(({event}) => event)).toContain('withdrawn');
	expect(watch.told.at(-1)?.event).toBe('doctor.finished');
	const {news} = watch.examination.getSnapshot();
	expect(news.map(({event}) => event)).toContain('withdrawn');
	expect(watch.pauses).toEqual([5000, 5000, 5000]);
	await watch.stop();
	expect(watch.counts.closed).toBe(1);
});

it('a cluster that is away for a while is a finding, and the watch goes on', async () => {
	let away = false;
	const watch = watched(answers, () => {
		if (away)
			throw new UserError({code: 'cluster.unreachable', message: 'No answer.', exitCode: exitCodes.unreachable});
	});
	await watch.rounds(1);
	away = true;
	await watch.again(2, 5000);
	expect(watch.examination.getSnapshot().findings.map(({id}) => id)).toEqual(['cluster.unreachable']);
	away = false;
	await watch.again(3, 5000);
	expect(watch.examination.getSnapshot().findings.map(({id}) => id)).not.toContain('cluster.unreachable');
	await watch.stop();
});

it('connects anew where there was no way to the VM', async () => {
	const refused = new UserError({code: 'ssh.refused', message: 'Nothing listens.', exitCode: exitCodes.unreachable});
	const watch = watched((action) => {
		if (action.kind === 'exec' || action.kind === 'http') throw refused;
		return answers(action);
	});
	await watch.rounds(1);
	await watch.again(2, 5000);
	expect(watch.counts.reconnects).toBe(1);
	expect(watch.told).toEqual([]);
	await watch.stop();
});

test('a sound proxy is asked alone for half a minute, one with an error wholly each time', () => {
	const facts = Object.fromEntries(factNames.map((name) => [name, 'known'])) as Record<
		(typeof factNames)[number],
		'known'
	>;
	const well = {rounds: 1, findings: [], facts};
	const error = {id: 'a.b', severity: 'error', target: '', summary: '', evidence: [], remedy: {text: ''}} as const;
	expect(namesFor(well, 0, 29_000)).toEqual(['proxy', 'envoy']);
	expect(namesFor(well, 0, 30_000)).toEqual(factNames);
	expect(namesFor({...well, findings: [error]}, 0, 5000)).toEqual(factNames);
	expect(namesFor({...well, rounds: 0}, 0, 0)).toEqual(factNames);
});
