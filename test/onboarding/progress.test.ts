import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {RunEvent, RunEventBody} from '../../source/onboarding/event.ts';
import {progressOf, stepTimes} from '../../source/onboarding/progress.ts';
import {type RunState, replay} from '../../source/onboarding/run.ts';

const options = {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
const heads = ['check', 'image', 'start'].map((id) => ({id, phase: 'check', title: id}) as const);
const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 4, 0, seconds));

/** A run as events at given seconds tell it. */
function runOf(...told: ReadonlyArray<readonly [number, RunEventBody]>): RunState {
	const head = {run: 'r', target: 'ratings-vm.bookinfo'};
	const first: RunEvent = {
		...head,
		time: at(0).toISOString(),
		event: 'run.started',
		host: 'h',
		options,
		steps: heads,
		pid: 1,
	};
	const run = replay([first, ...told.map(([seconds, body]) => ({...head, time: at(seconds).toISOString(), ...body}))]);
	if (run === undefined) throw new Error('a run that began has a state');
	return run;
}

const begin = (step: string): RunEventBody => ({event: 'step.started', step, title: step});
const end = (step: string): RunEventBody => ({event: 'step.succeeded', step, detail: '', changed: true});
const whole = (check: number, image: number, start: number) =>
	runOf(
		[0, begin('check')],
		[check, end('check')],
		[check, begin('image')],
		[check + image, end('image')],
		[check + image, begin('start')],
		[check + image + start, end('start')],
		[check + image + start, {event: 'run.finished', outcome: 'succeeded', seconds: check + image + start}],
	);

describe('how long steps take', () => {
	it('is the median of what was done, without what was skipped or failed', () => {
		const times = stepTimes([
			whole(2, 30, 4),
			whole(4, 20, 6),
			whole(3, 600, 5),
			runOf([0, begin('image')], [0, {event: 'step.skipped', step: 'image', reason: 'there already'}]),
			runOf([0, begin('check')], [9, {event: 'step.failed', step: 'check', reason: 'no'}]),
		]);
		expect(Object.fromEntries(times)).toEqual({check: 3, image: 30, start: 5});
	});
});

describe('how far a run is', () => {
	const times = stepTimes([whole(2, 30, 8)]);

	it('is told by time, and so is what is left', () => {
		const run = runOf([0, begin('check')], [2, end('check')], [2, begin('image')]);
		expect(progressOf(run, times, at(17).getTime())).toEqual({done: 17 / 40, secondsLeft: 23});
	});

	it('goes on in small steps when a step takes longer than ever, and never claims that it is over', () => {
		const run = runOf([0, begin('check')], [2, end('check')], [2, begin('image')]);
		const {secondsLeft} = progressOf(run, times, at(300).getTime());
		expect(secondsLeft).toBeCloseTo(8 + 30 * 0.05);
	});

	it('says nothing of what is left where a step to come was never seen', () => {
		const run = runOf([0, begin('check')], [2, end('check')]);
		expect(progressOf(run, new Map([['image', 30]]), at(3).getTime()).secondsLeft).toBeUndefined();
		expect(progressOf(run, new Map(), at(3).getTime()).done).toBeCloseTo(1 / 3);
	});

	it('says nothing of what is left of a run that stands', () => {
		const run = runOf([0, begin('check')], [1, {event: 'run.finished', outcome: 'cancelled', seconds: 1}]);
		expect(progressOf(run, times, at(9).getTime()).secondsLeft).toBeUndefined();
	});

	it('never goes back while time passes, and stays between nothing and all', () => {
		const known = fc.dictionary(fc.constantFrom('check', 'image', 'start'), fc.double({min: 0, max: 600, noNaN: true}));
		fc.assert(
			fc.property(known, fc.nat(900), fc.nat(900), (given, one, other) => {
				const run = runOf([0, begin('check')], [2, end('check')], [2, begin('image')]);
				const seen = new Map(Object.entries(given));
				const [early, late] = [one, other]
					.sort((a, b) => a - b)
					.map((seconds) => progressOf(run, seen, at(2 + seconds).getTime()).done);
				expect(early).toBeGreaterThanOrEqual(0);
				expect(early).toBeLessThanOrEqual(late ?? -1);
				expect(late).toBeLessThanOrEqual(1);
			}),
		);
	});
});
