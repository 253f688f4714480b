import {expect, test} from 'vitest';
import {finding} from '../../source/diagnosis/catalogue.ts';
import type {RunEventBody} from '../../source/onboarding/event.ts';
import type {StepTimes} from '../../source/onboarding/progress.ts';
import {replay} from '../../source/onboarding/run.ts';
import {runColumns, runLine} from '../../source/terminal/screens/runs/run-row.ts';
import {fitLine} from '../../source/terminal/text/line.ts';
import {defaultGlyphs} from '../../source/terminal/theme.ts';

const options = {task: 'onboard', prepare: true, force: false, profile: 'default', context: 'lab'} as const;
const steps = [
	{id: 'prepare.docker', phase: 'prepare', title: 'Install and start Docker'},
	{id: 'check.vm', phase: 'check', title: 'Check the VM'},
] as const;
const lost = finding('ssh.connection-lost', {target: 'vm/10.128.0.2', evidence: []});
const begun: RunEventBody = {event: 'step.started', step: 'prepare.docker', title: ''};
const broke: readonly RunEventBody[] = [
	begun,
	{event: 'finding', step: 'prepare.docker', finding: lost},
	{event: 'step.failed', step: 'prepare.docker', reason: 'The connection to admin@10.128.0.2:22 broke off.'},
	{event: 'run.finished', outcome: 'failed', seconds: 21},
];
const second = (at: number) => new Date(Date.UTC(2026, 10, 24, 4, 0, at));

/** The line of a run whose events came one second after the other, seen at a second, on `width` columns. */
function lineAfter(bodies: readonly RunEventBody[], seen: number, width: number, times: StepTimes = new Map()): string {
	const head = {run: 'r1', target: 'ratings-vm.bookinfo'};
	const started = {event: 'run.started', host: '10.128.0.2', options, steps, pid: 1} as const;
	const run = replay([started, ...bodies].map((body, at) => ({...head, time: second(at).toISOString(), ...body})));
	if (run === undefined) throw new Error('a run that began has a state');
	const look = {
		cursor: false,
		number: 1,
		now: second(seen).getTime(),
		times,
		glyphs: defaultGlyphs,
		lastLine: 'Get:7 http://',
	};
	return fitLine(runLine(run, runColumns([run], width), look), width)
		.map(({text}) => text)
		.join('');
}

test('a run under way shows where it is and what the VM says', () => {
	expect(lineAfter([begun], 7, 99)).toMatch(/ running +ratings-vm\.bookinfo +█+░+ prepare +1\/2 +7s +Get:7/);
	expect(lineAfter([begun], 7, 79)).toMatch(/ running +ratings-vm\.bookinfo +█+░+ 1\/2 +7s +Get:7/);
});

test('what is left is told from earlier runs, and a bar is full only when all is done', () => {
	const times = new Map([
		['prepare.docker', 30],
		['check.vm', 10],
	]);
	expect(lineAfter([begun], 16, 79, times)).toMatch(/ ███░░░░░ 1\/2 +16s +~25s /);
	const done: RunEventBody = {event: 'step.succeeded', step: 'prepare.docker', detail: '', changed: true};
	const ended: RunEventBody = {event: 'run.finished', outcome: 'succeeded', seconds: 4};
	expect(lineAfter([begun, done, ended], 60, 79, times)).toMatch(/ done .* ████████ 2\/2 +4s +Get/);
});

test('a run that failed shows where, and the cause by its id even where there is little room', () => {
	expect(lineAfter(broke, 90, 79)).toMatch(/ failed +ratings-vm\.bookinfo +█*░+ 1\/2 +21s +ssh\.con/);
	expect(lineAfter(broke, 90, 139)).toContain('ssh.connection-lost: The connection to admin@10.128.0.2');
});

test('the time between a failure and the next attempt does not count', () => {
	const again: readonly RunEventBody[] = [...broke, {event: 'run.resumed', why: 'retry', pid: 1}, begun];
	expect(lineAfter(again, again.length + 3, 79)).toMatch(/ running .* 1\/2 +4s /);
});

test('where there is little room, which VM it is comes before what it said', () => {
	expect(lineAfter([begun], 7, 59)).toMatch(/ running +ratings-vm\.bookinfo +1\/2 +7s +$/);
});
