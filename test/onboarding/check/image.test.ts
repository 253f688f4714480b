import {expect, it, test} from 'vitest';
import {exitCodes, UserError} from '../../../source/errors.ts';
import type {StepContext} from '../../../source/onboarding/step.ts';
import {imageCheckStep} from '../../../source/onboarding/steps/check/image.ts';
import {vmStep} from '../../../source/onboarding/steps/check/vm.ts';
import type {VmFacts} from '../../../source/vm/facts.ts';
import {entryNamed, targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

const options = {task: 'check', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
const contextOf = (imagePresent: boolean | undefined, state = 'usable'): StepContext => ({
	target: targetNamed('ratings-vm', 'bookinfo'),
	facts: {vm: {imagePresent, docker: {state, architecture: 'amd64'}} as VmFacts},
	options,
});
const manifest = (...architectures: readonly string[]) =>
	JSON.stringify({manifests: architectures.map((architecture) => ({platform: {architecture, os: 'linux'}}))});

test.each<{title: string; answer: ReturnType<typeof ran>; id?: string; outcome: string}>([
	{title: 'a manifest', answer: ran(manifest('amd64', 'arm64')), outcome: 'passed'},
	{title: 'one of a single image', answer: ran('{"schemaVersion": 2}'), outcome: 'passed'},
	{title: 'garbage', answer: ran('\u0000{'), outcome: 'passed'},
	{title: 'another processor', answer: ran(manifest('arm64', 'unknown')), id: 'vm.arch-mismatch', outcome: 'failed'},
	{
		title: 'no such tag',
		answer: ran('', 1, 'no such manifest: r/proxyv2:x'),
		id: 'proxy.image-not-found',
		outcome: 'failed',
	},
	{
		title: 'no rights',
		answer: ran('', 1, 'unauthorized: authentication required'),
		id: 'proxy.image-denied',
		outcome: 'failed',
	},
	{
		title: 'no way',
		answer: ran('', 1, 'dial tcp 192.0.2.1:443: i/o timeout'),
		id: 'proxy.registry-unreachable',
		outcome: 'failed',
	},
	{title: 'a Docker of old', answer: ran('', 1, "docker: 'manifest' is not a docker command."), outcome: 'not-done'},
	{title: 'silence', answer: ran('', 124), outcome: 'not-done'},
])('$title → $id', ({answer, id, outcome}) => {
	const {findings = [], checks = []} = drive(imageCheckStep, contextOf(false), () => answer).outcome;
	expect(findings.map((found) => found.id)).toEqual(id === undefined ? [] : [id]);
	expect(checks[0]?.outcome).toBe(outcome);
});

it('is not asked for where it is there, or where nobody could be asked', () => {
	const never = () => {
		throw new Error('asked');
	};
	expect(drive(imageCheckStep, contextOf(true), never).outcome.status).toBe('succeeded');
	expect(drive(imageCheckStep, contextOf(undefined, 'denied'), never).outcome.status).toBe('skipped');
});

test.each<{ago: number; listed: string; ids: readonly string[]}>([
	{ago: 3600, listed: '[]', ids: ['entry.stale', 'ssh.timeout']},
	{ago: 30, listed: '[]', ids: []},
])('a VM that does not answer, whose proxy left $ago s ago → $ids', ({ago, listed, ids}) => {
	const now = 1_800_000_000;
	const left = {'istio.io/disconnectedAt': new Date((now - ago) * 1000).toISOString()};
	const entry = entryNamed('ratings-vm', 'bookinfo', {annotations: left});
	const context = {target: targetNamed('ratings-vm', 'bookinfo', {entry}), facts: {serverTime: () => now}, options};
	const gone = new UserError({code: 'ssh.timeout', message: 'No answer.', exitCode: exitCodes.unreachable});
	const look = () =>
		drive(vmStep, context, ({kind}) => {
			if (kind === 'istiod') return {done: true, pods: [{pod: 'istiod-a', status: 200, body: listed}]};
			throw gone;
		}).outcome;
	if (ids.length === 0) expect(look).toThrow('No answer.');
	else expect(look().findings?.map(({id}) => id)).toEqual(ids);
});
