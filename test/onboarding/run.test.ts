import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {RunEvent, RunEventBody} from '../../source/onboarding/event.ts';
import {currentStep, type RunState, reduceRun, replay} from '../../source/onboarding/run.ts';

const steps = [
	{id: 'check.vm', phase: 'check', title: 'Look at the VM'},
	{id: 'bootstrap.files', phase: 'bootstrap', title: 'Write the files'},
	{id: 'bootstrap.start', phase: 'bootstrap', title: 'Start the proxy'},
] as const;
const options = {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab'} as const;

function at(second: number, body: RunEventBody): RunEvent {
	return {
		time: new Date(Date.UTC(2026, 10, 24, 4, 0, second)).toISOString(),
		run: 'r1',
		target: 'ratings-vm.bookinfo',
		...body,
	};
}

const begin = at(0, {event: 'run.started', host: '10.128.0.2', options, steps, pid: 1});

const stepId = fc.constantFrom('check.vm', 'bootstrap.files', 'bootstrap.start', 'of-another-release');
const body: fc.Arbitrary<RunEventBody> = fc.oneof(
	stepId.map((step) => ({event: 'step.started' as const, step, title: 't'})),
	stepId.map((step) => ({event: 'command' as const, step, where: 'vm', text: 'true'})),
	stepId.map((step) => ({event: 'step.succeeded' as const, step, detail: 'done', changed: true})),
	stepId.map((step) => ({event: 'step.failed' as const, step, reason: 'no'})),
	stepId.map((step) => ({event: 'step.skipped' as const, step, reason: 'by hand'})),
	fc.constantFrom('resume' as const, 'retry' as const).map((why) => ({event: 'run.resumed' as const, why, pid: 2})),
	fc
		.constantFrom('succeeded' as const, 'failed' as const, 'cancelled' as const)
		.map((outcome) => ({event: 'run.finished' as const, outcome, seconds: 1})),
);

function fold(bodies: readonly RunEventBody[]): RunState {
	const run = replay([begin, ...bodies.map((one, index) => at(index + 1, one))]);
	if (run === undefined) throw new Error('a run that began has a state');
	return run;
}

describe('a run is the fold of its events', () => {
	test('no order of events leaves more than one step running, or any once the run has ended', () => {
		fc.assert(
			fc.property(fc.array(body, {maxLength: 40}), (bodies) => {
				const run = fold(bodies);
				const running = run.steps.filter(({state}) => state === 'running').length;
				if (run.status !== 'running') expect(running).toBe(0);
				expect(run.steps.map(({id}) => id)).toEqual(steps.map(({id}) => id));
			}),
		);
	});

	test('what cannot be is left out: the same object comes back', () => {
		const run = fold([
			{event: 'step.started', step: 'check.vm', title: 't'},
			{event: 'run.finished', outcome: 'cancelled', seconds: 3},
		]);
		expect(reduceRun(run, at(9, {event: 'step.succeeded', step: 'check.vm', detail: 'late', changed: false}))).toBe(
			run,
		);
		expect(reduceRun(run, {...at(9, {event: 'step.started', step: 'check.vm', title: 't'}), run: 'another'})).toBe(run);
	});

	test('a journal without its beginning gives no run', () => {
		expect(replay([at(1, {event: 'step.started', step: 'check.vm', title: 't'})])).toBeUndefined();
	});

	test('after a crash, what was under way is to be done, what was done stays known', () => {
		const run = fold([
			{event: 'step.started', step: 'check.vm', title: 't'},
			{event: 'step.succeeded', step: 'check.vm', detail: 'fine', changed: false},
			{event: 'step.started', step: 'bootstrap.files', title: 't'},
			{event: 'run.resumed', why: 'resume', pid: 2},
		]);
		expect(run.steps.map(({state}) => state)).toEqual(['succeeded', 'pending', 'pending']);
		expect(run.status).toBe('running');
		expect(currentStep(run)?.id).toBe('bootstrap.files');
	});

	test('a failed step can be left out for a reason, and the run goes on', () => {
		const run = fold([
			{event: 'step.started', step: 'check.vm', title: 't'},
			{event: 'step.failed', step: 'check.vm', reason: 'ports in use'},
			{event: 'run.finished', outcome: 'failed', seconds: 2},
			{event: 'step.skipped', step: 'check.vm', reason: 'that is our own sidecar'},
			{event: 'run.resumed', why: 'retry', pid: 1},
		]);
		expect(run.steps[0]).toMatchObject({state: 'skipped', detail: 'that is our own sidecar'});
		expect(run.status).toBe('running');
	});

	test('a second attempt forgets the findings of the first', () => {
		const finding = {
			id: 'vm.docker-stopped',
			severity: 'error' as const,
			target: 'vm/10.128.0.2',
			summary: 's',
			evidence: [],
			remedy: {text: 'r'},
		};
		const run = fold([
			{event: 'step.started', step: 'check.vm', title: 't'},
			{event: 'finding', step: 'check.vm', finding},
			{event: 'step.failed', step: 'check.vm', reason: 'no'},
			{event: 'run.finished', outcome: 'failed', seconds: 2},
			{event: 'run.resumed', why: 'retry', pid: 1},
			{event: 'step.started', step: 'check.vm', title: 't'},
		]);
		expect(run.steps[0]).toMatchObject({state: 'running', findings: [], attempts: 2});
	});
});
