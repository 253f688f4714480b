import {describe, test} from 'vitest';
import {startMeshboard} from './start-demo.ts';

const size = {columns: 100, rows: 60};

describe.concurrent('the demo on other terminals', {timeout: 90_000}, () => {
	test('is read out with --screen-reader, where there is no cursor', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo', '--screen-reader'], size, {TERM: 'dumb'});
		await demo.waitFor('bookinfo, ratings-vm', 20_000);
		demo.type('o');
		await demo.waitFor('can be onboarded');
		demo.type('\r');
		await demo.waitFor(/running, [\w-]+-vm\.\w+/);
		demo.type('q');
		await demo.waitFor('Quit while a run is under way?');
		demo.type('y');
		expect((await demo.exited).exitCode).toBe(1);
		expect(demo.raw()).not.toMatch(/[^\x20-\x7e\r\n]/);
	});

	test.for([
		['--no-color', {}, /\x1b\[7m/, /\x1b\[(?:3[0-7]m|9[0-7]m|38;)/],
		['--theme=light', {}, /\x1b\[38;5;24m/, /\x1b\[3[0-7]m/],
		['--read-only', {MESHBOARD_THEME: 'dark'}, /\x1b\[38;5;81m/, /\x1b\[3[0-7]m/],
		['--ascii', {}, /\+ live/, /[^\x00-\x7f]/],
	] as const)('looks as %s with %j wants', async ([flag, variables, has, hasNot], context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo', flag], size, variables);
		await demo.waitFor(/ratings-vm.* absent/, 20_000);
		await demo.waitFor(' live');
		demo.type('q');
		expect((await demo.exited).exitCode).toBe(0);
		expect(demo.isRestored()).toBe(true);
		expect(demo.raw()).toMatch(has);
		expect(demo.raw()).not.toMatch(hasNot);
	});
});
