import {describe, expect, it} from 'vitest';
import type {Action} from '../../../source/onboarding/action.ts';
import type {RunOptions} from '../../../source/onboarding/event.ts';
import type {StepContext} from '../../../source/onboarding/step.ts';
import {appStep} from '../../../source/onboarding/steps/prepare/app.ts';
import type {ExecResult} from '../../../source/ports.ts';
import {parseAdminProbe} from '../../../source/vm/admin-probe.ts';
import {drive, ran} from '../drive.ts';
import {context, prepared} from './recorded.ts';

const image = 'docker.io/istio/examples-bookinfo-ratings-v1:1.20.3';
const serving = (...sockets: readonly string[]) =>
	`${prepared}=listeners 0\n${sockets.map((each) => `|LISTEN 0 128 ${each}\n`).join('')}`;
const node = '127.0.0.1:9080 0.0.0.0:* users:(("node",pid=7,fd=3))';

const admin = (output: string) => ({admin: parseAdminProbe(output)});
const withApp = (startApp?: string): Partial<RunOptions> => (startApp === undefined ? {} : {startApp});

function see(
	found: string,
	{
		startApp,
		later = found,
		container = ran('', 1, 'Error: No such container'),
		present = false,
		run = ran('0123\n'),
	}: {
		startApp?: string;
		later?: string;
		container?: ExecResult;
		present?: boolean;
		run?: ExecResult;
	} = {},
) {
	const base = context({}, admin(found));
	const given: StepContext = {...base, options: {...base.options, ...withApp(startApp)}};
	return drive(appStep, given, (action) => {
		if (action.kind !== 'exec') return undefined;
		if (action.command.includes('it changes nothing')) return ran(later);
		if (action.command.includes('container inspect')) return container;
		if (action.command.includes('image inspect')) return present ? ran('[]') : ran('', 1, 'Error: No such image');
		return run;
	});
}
const runs = (asked: readonly Action[]) =>
	asked.flatMap((action) => (action.kind === 'exec' && action.changes ? [action.command] : []));

describe('what a VM serves', () => {
	it.each([
		['the application', serving(node), 'passed', 'node on 127.0.0.1:9080'],
		[
			'it on every address',
			serving('*:9080 *:* users:(("java",pid=7,fd=3))'),
			'passed',
			'java on *:9080, on every address',
		],
		['nothing', serving(), 'warning', 'nothing listens there yet'],
		[
			'it elsewhere',
			serving('10.0.0.1:9080 0.0.0.0:*'),
			'warning',
			'nothing listens there yet; a program on 10.0.0.1:9080',
		],
	])('is told without asking the VM again: %s', (_, found, outcome, detail) => {
		const told = see(found);
		expect(told.asked).toEqual([]);
		expect(told.outcome.checks).toEqual([
			{id: 'prepare.app.9080', title: 'application at 127.0.0.1:9080', outcome, detail},
		]);
	});

	it('is nothing to tell where no Sidecar names a port', () => {
		expect(drive(appStep, context({ingress: []}, admin(prepared)), () => ran()).outcome.status).toBe('skipped');
	});
});

describe('the example', () => {
	it('is started where nothing listens, published on loopback, and waited for', () => {
		const {outcome, asked} = see(serving(), {startApp: image, later: serving(node)});
		expect(runs(asked)).toEqual([
			`docker run -d --name ratings --restart unless-stopped --label meshboard=example-with-image -p 127.0.0.1:9080:9080 ${image}`,
		]);
		expect(outcome).toMatchObject({
			changed: true,
			checks: [{outcome: 'passed', detail: 'nothing → node on 127.0.0.1:9080'}],
		});
	});

	it('is told from one whose image was there', () => {
		const {asked} = see(serving(), {startApp: image, later: serving(node), present: true});
		expect(runs(asked)).toEqual([expect.stringContaining('--label meshboard=example -p')]);
	});

	it('is not started where something listens', () => {
		expect(see(serving(node), {startApp: image}).asked).toEqual([]);
	});

	it.each([
		['example', 'is there and serves nothing'],
		['<no value>', 'is not the example'],
	])('does not touch a container of its name with the mark %j', (label, words) => {
		const {outcome, asked} = see(serving(), {startApp: image, container: ran(`${label}\n`)});
		expect(outcome).toMatchObject({status: 'failed', detail: expect.stringContaining(words)});
		expect(runs(asked)).toEqual([]);
	});

	it('that cannot be pulled is told by its cause', () => {
		const run = ran(
			'',
			125,
			'docker: Error response from daemon: dial tcp: lookup registry-1.docker.io: no such host.',
		);
		expect(see(serving(), {startApp: image, run}).outcome.findings?.[0]?.id).toBe('proxy.registry-unreachable');
	});
});
