import {expect, test} from 'vitest';
import {type Action, perform, sideBySide} from '../../../source/onboarding/action.ts';
import {changingNothing, walk} from '../../../source/onboarding/perform/walk.ts';

/* How a procedure is walked whose parts go side by side. */

const command = (words: string, changes = false) => ({kind: 'exec', as: 'user', command: words, changes}) as const;
const {signal} = new AbortController();

function* inTurn(...words: readonly string[]) {
	for (const one of words) yield* perform(command(one));
	return words.at(-1);
}

/** Performs commands as they are released, and says which were asked for. */
function world() {
	const asked: string[] = [];
	const waiting = new Map<string, PromiseWithResolvers<unknown>>();
	return {
		asked,
		perform: (action: Action) => {
			const words = action.kind === 'exec' ? action.command : action.kind;
			const answer = Promise.withResolvers<unknown>();
			asked.push(words);
			waiting.set(words, answer);
			return answer.promise;
		},
		async answer(words: string, error?: Error) {
			const answer = waiting.get(words);
			if (error === undefined) answer?.resolve(undefined);
			else answer?.reject(error);
			await new Promise(setImmediate);
		},
	};
}

test('each goes on with its own answers, whatever the slowest does', async () => {
	const {asked, perform, answer} = world();
	const walked = walk(sideBySide(inTurn('slow'), inTurn('listen', 'dial', 'hush')), perform, signal);
	expect(asked).toEqual(['slow', 'listen']);
	await answer('listen');
	await answer('dial');
	expect(asked).toEqual(['slow', 'listen', 'dial', 'hush']);
	await answer('hush');
	await answer('slow');
	expect(await walked).toEqual(['slow', 'hush']);
});

test('one that fails fails all, but what another has begun is ended', async () => {
	const {asked, perform, answer} = world();
	const walked = walk(sideBySide(inTurn('login'), inTurn('listen', 'hush')), perform, signal);
	const ended = expect(walked).rejects.toThrow('the VM is gone');
	await answer('login', new Error('the VM is gone'));
	await answer('listen');
	await answer('hush');
	await ended;
	expect(asked).toEqual(['login', 'listen', 'hush']);
});

test('an examination changes nothing, also side by side', async () => {
	const {asked, perform: performed} = world();
	const changing = sideBySide(perform(command('rm', true)));
	await expect(walk(changing, changingNothing(performed), signal)).rejects.toThrow('wants to change something: exec');
	expect(asked).toEqual([]);
});
