import {setTimeout as sleep} from 'node:timers/promises';
import {cleanup, render} from 'ink-testing-library';
import {afterEach, expect, it} from 'vitest';
import {StartMenu} from '../../source/terminal/screens/start/start-menu.tsx';

const choices = [
	{words: 'try again', key: 'r'},
	{words: 'open the demo', key: 'd'},
	{words: 'quit', key: 'q'},
];

afterEach(cleanup);

function show() {
	const chosen: string[] = [];
	const shown = render(<StartMenu choices={choices} onChoose={(key) => chosen.push(key)} />);
	const type = async (keys: readonly string[]) => {
		for (const key of keys) {
			await sleep(20);
			shown.stdin.write(key);
		}
		await sleep(20);
	};
	return {chosen, type, frame: () => shown.lastFrame()};
}

it('shows every choice, the cursor on the first', () => {
	expect(show().frame()).toBe('  ▸ try again\n    open the demo\n    quit');
});

it('moves with arrows and letters, and chooses the key of a line with enter', async () => {
	const {type, frame, chosen} = show();
	await type(['j', '\x1b[B', 'k']);
	expect(frame()).toContain('▸ open the demo');
	await type(['\r']);
	expect(chosen).toEqual(['d']);
});

it('goes round at its ends', async () => {
	const {type, frame} = show();
	await type(['k']);
	expect(frame()).toContain('▸ quit');
});
