import {expect, test} from 'vitest';
import {givenOf, otherFlags, settingsOfRun} from '../../source/onboarding/given-settings.ts';

const settings = {
	flags: {gateway: '10.0.0.1', hostKeys: 'accept-new', context: 'lab'},
	profile: {gateway: '10.0.0.2', sshUser: 'proxy', jump: ['a', 'b'], kubeconfig: '/k', parallel: 3},
} as const;

test('a journal keeps what is about a target, where it came from, and no cluster', () => {
	expect(givenOf(settings)).toEqual({
		flags: {gateway: '10.0.0.1'},
		profile: {gateway: '10.0.0.2', sshUser: 'proxy', jump: ['a', 'b']},
	});
});

test('a run goes on with what it was begun with; the cluster and whom to trust are those of today', () => {
	const today = {
		flags: {hostKeys: 'strict', imageHub: 'hub'},
		profile: {sshUser: 'other', kubeconfig: '/other'},
	} as const;
	expect(settingsOfRun(givenOf(settings), today)).toEqual({
		flags: {gateway: '10.0.0.1', hostKeys: 'strict'},
		profile: {gateway: '10.0.0.2', sshUser: 'proxy', jump: ['a', 'b'], kubeconfig: '/other'},
	});
	expect(settingsOfRun(undefined, today)).toBe(today);
});

test('a flag of today is another one only where it says something else', () => {
	const given = givenOf(settings);
	const same = {gateway: '10.0.0.1', sshUser: 'proxy', jump: ['a', 'b'], hostKeys: 'strict', context: 'else'} as const;
	expect(otherFlags(given, same)).toEqual([]);
	expect(otherFlags(undefined, {gateway: '10.0.0.9'})).toEqual([]);
	expect(otherFlags(given, {gateway: '10.0.0.9', jump: ['a'], runtime: 'podman'})).toEqual([
		'--gateway was 10.0.0.1',
		'--jump was a,b',
		'--runtime was not given',
	]);
});
