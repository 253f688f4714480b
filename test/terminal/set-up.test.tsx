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

it.each([
	[80, 24],
	[60, 20],
])(
	'cuts nothing but the list of answers at %i×%i, and profiles show the names of all settings whole',
	async (columns, rows) => {
		shown = await show({columns, rows}, createFakeSession(), {
			setUp: {home: '/home/me', given: {}, survey: async () => muchFound},
			connect: async () => createFakeSession(),
		});
		await shown.waitFor('live');
		await shown.type(':setup\r');
		await shown.waitFor('Which cluster?');
		for (const question of ['Which cluster?', 'How are the VMs reached']) {
			await shown.waitFor(question);
			expect(shown.screen.text().replaceAll(/\s+/g, ' ')).toContain('without secrets; all can be changed later.');
			await shown.type('\r');
		}
		await shown.type('\x1b\x1b');
		await shown.type(':profiles\r');
		await shown.waitFor('in use');
		await shown.type('\r');
		await shown.waitFor(/sshConnectTimeout$/m);
	},
);
