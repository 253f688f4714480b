import {expect, test} from 'vitest';
import {createLimits, type Limit} from '../../source/onboarding/scheduler.ts';

/** How many of many tasks are begun before one has ended. */
async function begunOf(limit: Limit): Promise<number> {
	let begun = 0;
	for (let n = 0; n < 100; n++)
		void limit(() => {
			begun++;
			return new Promise(() => undefined);
		});
	await new Promise(setImmediate);
	return begun;
}

test.each([
	[undefined, 8, 32],
	[3, 3, 3],
])('with --parallel %s: %d VMs are changed at once, %d looked at', async (given, changed, looked) => {
	expect(await begunOf(createLimits(given).changes)).toBe(changed);
	expect(await begunOf(createLimits(given).looks)).toBe(looked);
});
