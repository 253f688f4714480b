import {expect, test} from 'vitest';
import {createPromptQueue} from '../../source/onboarding/prompt-queue.ts';

const secret = (id: string) => ({kind: 'secret' as const, id, title: `Password ${id}`});

test('questions are shown one at a time, in the order in which they came', async () => {
	const queue = createPromptQueue();
	const first = queue.ask(secret('a'));
	const second = queue.ask(secret('b'));
	expect(queue.getSnapshot()?.id).toBe('a');
	queue.answer('1');
	expect(queue.getSnapshot()?.id).toBe('b');
	queue.answer('2');
	expect(await Promise.all([first, second])).toEqual(['1', '2']);
	expect(queue.getSnapshot()).toBeUndefined();
});

test('eight VMs with one account ask once, also those that come later', async () => {
	const queue = createPromptQueue();
	const asked = Array.from({length: 8}, () => queue.ask(secret('sudo:ops')));
	queue.answer('pw');
	expect(new Set(await Promise.all(asked))).toEqual(new Set(['pw']));
	expect(await queue.ask(secret('sudo:ops'))).toBe('pw');
	expect(queue.getSnapshot()).toBeUndefined();
});

test('a dismissed question is not answered for good', async () => {
	const queue = createPromptQueue();
	const first = queue.ask(secret('a'));
	queue.answer(undefined);
	expect(await first).toBeUndefined();
	void queue.ask(secret('a'));
	expect(queue.getSnapshot()?.id).toBe('a');
});

test('who is cancelled waits no longer, and a question that nobody waits for goes away', async () => {
	const queue = createPromptQueue();
	const [one, two] = [new AbortController(), new AbortController()];
	const first = queue.ask(secret('a'), one.signal);
	const second = queue.ask(secret('a'), two.signal);
	one.abort();
	expect(await first).toBeUndefined();
	expect(queue.getSnapshot()?.id).toBe('a');
	two.abort();
	expect(await second).toBeUndefined();
	expect(queue.getSnapshot()).toBeUndefined();
});
