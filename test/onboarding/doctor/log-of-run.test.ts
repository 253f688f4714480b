import {expect, test} from 'vitest';
import {logOfRun} from '../../../source/onboarding/doctor/log-of-run.ts';
import {parseContainer} from '../../../source/proxy/container.ts';
import {inspection} from './sound.ts';

const lines = [
	'2026-11-27T10:00:00.500000Z\terror\tlisten tcp :15020: bind: address already in use',
	'panic without a time',
	'2026-11-27T10:05:01.000000Z\tinfo\tFLAG: --concurrency="0"',
	'2026-11-27T10:05:02.000000Z\tinfo\tconnected',
];
const at = (time: string) => Date.parse(time) / 1000;
const container = (Status: string, restarts: number, StartedAt: string) =>
	parseContainer(inspection({state: {Status, StartedAt}, restarts}).stdout);
const started = '2026-11-27T10:05:00.9Z';

test('the troubles of a run before are over, whatever became of this one', () => {
	for (const status of ['running', 'exited'])
		expect(logOfRun(lines, container(status, 0, started), at('2026-11-27T10:06:00Z'))).toEqual(lines.slice(2));
});

test('of a container that is started again and again each run counts; so it does where its start is not known', () => {
	expect(logOfRun(lines, container('running', 3, started), at('2026-11-27T10:05:05Z'))).toEqual(lines);
	expect(logOfRun(lines, container('restarting', 3, started), at('2026-11-27T10:06:00Z'))).toEqual(lines);
	expect(logOfRun(lines, container('running', 3, started), at('2026-11-27T10:06:00Z'))).toEqual(lines.slice(2));
	expect(logOfRun(lines, undefined, 0)).toEqual(lines);
});

test("lines in Envoy's own form have the VM's time, wherever they are read", () => {
	const own = [
		'[Envoy (Epoch 0)] [2020-08-17 04:58:44.849][13][warning][config] [x.h:91] of the run before',
		'[Envoy (Epoch 0)] [2020-08-17 05:03:46.005][13][warning][config] [x.h:91] of this run',
	];
	const zone = process.env['TZ'];
	try {
		for (process.env['TZ'] of ['Asia/Tokyo', 'America/New_York'])
			expect(logOfRun(own, container('running', 0, '2020-08-17T05:00:00Z'), at('2020-08-17T05:10:00Z'))).toEqual(
				own.slice(1),
			);
	} finally {
		if (zone === undefined) delete process.env['TZ'];
		else process.env['TZ'] = zone;
	}
});
