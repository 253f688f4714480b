import {readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {exitCodes, UserError} from '../../../source/errors.ts';
import type {Action} from '../../../source/onboarding/action.ts';
import type {DoctorFacts} from '../../../source/onboarding/doctor/facts.ts';
import {nothingYet} from '../../../source/onboarding/doctor/facts.ts';
import {gather} from '../../../source/onboarding/perform/gather.ts';
import {ran} from '../drive.ts';
import {ok} from '../verify/world.ts';
import {contextOf} from './sound.ts';

/** Gathers with answers from a function; returns every state that was told, and what was asked for. */
async function gathered(answer: (action: Action) => unknown, signal = new AbortController().signal) {
	const told: Array<{facts: DoctorFacts; faults: readonly string[]}> = [];
	const asked: Action[] = [];
	const answerOne = async (action: Action): Promise<unknown> => {
		asked.push(action);
		return answer(action);
	};
	const gathering = gather(
		{
			context: contextOf(),
			perform: answerOne,
			now: () => 0,
			onFact: (facts, faults) => told.push({facts, faults: faults.map(({id}) => id)}),
		},
		signal,
	);
	await gathering;
	return {told, asked, last: told.at(-1)?.facts ?? nothingYet};
}

function quiet(action: Action): unknown {
	switch (action.kind) {
		case 'exec':
			return ran();
		case 'http':
			return ok('', 503);
		case 'istiod':
			return {done: false, text: 'pods/portforward is forbidden'};
		case 'dial':
		case 'pod-dial':
			return {outcome: 'open', ms: 1, text: '', chain: [], from: 'here'};
		default:
			return undefined;
	}
}

it('tells after every fact, asks for nothing that changes, and names what was not to be had', async () => {
	const {told, asked, last} = await gathered(quiet);
	expect(told).toHaveLength(11);
	expect(asked.filter((action) => 'changes' in action && action.changes)).toEqual([]);
	expect(last.istiod).toMatchObject({state: 'unknown', reason: 'pods/portforward is forbidden'});
	expect(last.vm).toMatchObject({state: 'unknown', reason: expect.stringContaining('without an answer')});
	expect(last.request).toMatchObject({state: 'unknown', reason: expect.stringContaining('not ready')});
	expect(last.envoy.state).toBe('known');
});

it('nothing waits for the slowest', async () => {
	let release: (value: unknown) => void = () => undefined;
	const slow = new Promise((resolve) => (release = resolve));
	const seen: string[] = [];
	const going = gather(
		{
			context: contextOf(),
			perform: async (action) => {
				if (action.kind === 'istiod') await slow;
				return quiet(action);
			},
			now: () => 0,
			onFact: (facts) => seen.push(facts.istiod.state),
		},
		new AbortController().signal,
	);
	await expect.poll(() => seen.length).toBe(10);
	expect(seen).not.toContain('known');
	release(undefined);
	await going;
	expect(seen).toHaveLength(11);
});

it('a VM that is not reached is one finding, and what the cluster knows goes on', async () => {
	const refused = new UserError({code: 'ssh.refused', message: 'Nothing listens.', exitCode: exitCodes.unreachable});
	const {told, last} = await gathered((action) => {
		if (['exec', 'http', 'dial'].includes(action.kind)) throw refused;
		return quiet(action);
	});
	expect(told.at(-1)?.faults).toEqual(['ssh.refused']);
	for (const name of ['vm', 'proxy', 'envoy', 'gateway'] as const)
		expect(last[name]).toMatchObject({state: 'unknown', reason: 'not done, see ssh.refused'});
	expect(last.inbound.state).toBe('known');
});

it('a bug in one look leaves the others alone', async () => {
	const {last} = await gathered((action) => {
		if (action.kind === 'istiod') throw new TypeError('x is not a function');
		return quiet(action);
	});
	expect(last.istiod).toMatchObject({state: 'unknown', reason: expect.stringContaining('internal error')});
	expect(last.envoy.state).toBe('known');
});

it('sends no request where it is known that nothing takes it', async () => {
	const probe = readFileSync(new URL('../../vm/fixtures/probe-prepared.txt', import.meta.url), 'utf8');
	const silent = probe.replaceAll(/^\|LISTEN .*:9080 .*\n/gm, '');
	const {asked, last} = await gathered((action) => {
		if (action.kind === 'exec' && action.command.includes('uname -s')) return ran(silent);
		return action.kind === 'http' ? ok('', 200) : quiet(action);
	});
	expect(last.vm.state).toBe('known');
	expect(last.request).toMatchObject({state: 'unknown', reason: expect.stringContaining('app.not-listening')});
	expect(asked.filter(({kind}) => kind === 'pod-request')).toEqual([]);
});

it('stops when it is told to', async () => {
	const stop = new AbortController();
	await expect(
		gathered((action) => {
			stop.abort();
			return quiet(action);
		}, stop.signal),
	).rejects.toThrow();
});
