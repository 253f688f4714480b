import {afterEach, expect, it} from 'vitest';
import {UserError} from '../../source/errors.ts';
import type {Relink} from '../../source/terminal/state/effect.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {createFakeProfiles} from './fake-profiles.ts';
import {createFakeSession} from './fake-session.ts';
import {muchFound} from './much-found.ts';

/* What the set-up does that a real home does not show (test/commands/set-up.test.ts has the rest). */

let shown: Shown | undefined;
afterEach(() => shown?.close());

it('connects with what was answered where it cannot be kept, and says so', async () => {
	const asked: Relink[] = [];
	const full = new UserError({code: 'config.disk', message: 'The disk is full.', hint: 'Make room.', exitCode: 78});
	const profiles = {
		...createFakeProfiles(),
		save() {
			throw full;
		},
	};
	shown = await show({columns: 100, rows: 30}, Object.assign(createFakeSession(), {profiles}), {
		setUp: {home: '/home/me', given: {}, survey: async () => muchFound},
		async connect(change) {
			asked.push(change);
			return createFakeSession();
		},
	});
	await shown.waitFor('live');
	await shown.type(':setup\r');
	await shown.waitFor('question 1 of 3');
	// Not all of the contexts have room.
	await shown.waitFor('Which cluster? (1 of 40)');
	await shown.type('j');
	await shown.waitFor('Which cluster? (2 of 40)');
	await shown.type('\r');
	await shown.type('\r');
	await shown.type('\r');
	await shown.waitFor('The disk is full. Make room.');
	expect(asked).toEqual([{context: muchFound.contexts[1]}]);
});
