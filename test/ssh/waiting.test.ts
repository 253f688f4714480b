import {describe, expect, it} from 'vitest';
import {Deadline} from '../../source/ssh/deadline.ts';
import {SharedTasks} from '../../source/ssh/shared-tasks.ts';
import {Slots} from '../../source/ssh/slots.ts';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('places', () => {
	it('are given in order, and to no more than there are', async () => {
		const slots = new Slots(2);
		const order: number[] = [];
		let inside = 0;
		let most = 0;
		await Promise.all(
			Array.from({length: 6}, async (_, index) => {
				const release = await slots.take();
				order.push(index);
				most = Math.max(most, ++inside);
				await pause(1);
				inside--;
				release();
				release();
			}),
		);
		expect(order).toEqual([0, 1, 2, 3, 4, 5]);
		expect(most).toBe(2);
	});

	it('shrink to what is in use, but not to none', async () => {
		const slots = new Slots(4);
		const releases = [await slots.take(), await slots.take(), await slots.take()];
		slots.shrink();
		slots.shrink();
		releases[0]?.();
		let entered = false;
		void slots.take().then(() => {
			entered = true;
		});
		await pause(1);
		expect(entered).toBe(false);
		releases[1]?.();
		releases[2]?.();
		slots.shrink();
		await expect.poll(() => entered).toBe(true);
	});

	it('are left by who gives up, and by all when closed', async () => {
		const slots = new Slots(1);
		const release = await slots.take();
		const controller = new AbortController();
		const given = slots.take(controller.signal);
		const closed = slots.take();
		controller.abort(new Error('gave up'));
		await expect(given).rejects.toThrow('gave up');
		slots.close(new Error('gone'));
		await expect(closed).rejects.toThrow('gone');
		release();
		await expect(slots.take()).rejects.toThrow('gone');
	});
});

describe('a shared task', () => {
	it('runs once for all who want it at the same time, and again later', async () => {
		const tasks = new SharedTasks<number>();
		let runs = 0;
		const start = async () => {
			await pause(5);
			return ++runs;
		};
		expect(await Promise.all([tasks.run('a', start), tasks.run('a', start), tasks.run('b', start)])).toEqual([1, 1, 2]);
		expect(await tasks.run('a', start)).toBe(3);
	});

	it('goes on for those who still wait, and is aborted with the last', async () => {
		const tasks = new SharedTasks<string>();
		const one = new AbortController();
		const two = new AbortController();
		let aborted = false;
		const start = (signal: AbortSignal) =>
			new Promise<string>(() => {
				signal.addEventListener('abort', () => {
					aborted = true;
				});
			});
		const first = tasks.run('a', start, one.signal);
		const second = tasks.run('a', start, two.signal);
		one.abort(new Error('one'));
		await expect(first).rejects.toThrow('one');
		expect(aborted).toBe(false);
		two.abort(new Error('two'));
		await expect(second).rejects.toThrow('two');
		expect(aborted).toBe(true);
		expect(await tasks.run('a', async () => 'anew')).toBe('anew');
	});
});

describe('a deadline', () => {
	it('stands still while a person is asked', async () => {
		let over = 0;
		const deadline = new Deadline(60, () => {
			over++;
		});
		await deadline.without(pause(120));
		expect(over).toBe(0);
		await pause(120);
		expect(over).toBe(1);
	});

	it('does not come after it was cleared, not even when an answer does', async () => {
		let over = 0;
		const deadline = new Deadline(10, () => {
			over++;
		});
		const answer = deadline.without(pause(20));
		deadline.clear();
		await answer;
		await pause(30);
		expect(over).toBe(0);
	});
});
