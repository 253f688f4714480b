import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {type Controller, createController} from '../../source/terminal/controller.ts';
import {keymap} from '../../source/terminal/keymap.ts';
import {createFakeSession} from './fake-session.ts';

let controller: Controller;
const notice = () => controller.getSnapshot().ui.notice?.text;

beforeEach(() => {
	vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
	controller = createController(Promise.resolve(createFakeSession()), {
		context: 'lab',
		version: '0.1.0',
		readOnly: false,
		initialScreen: 'fleet',
		target: undefined,
		kept: true,
		offersDemo: false,
		tour: undefined,
		size: {columns: 80, rows: 24},
		profiles: undefined,
		connect: undefined,
		setUp: undefined,
		contexts: undefined,
		history: undefined,
		keymap,
		foreground: {edit: async (_, text) => text, shell: async () => 0},
		redraw: () => {},
		mouse: undefined,
		copy: () => {},
	});
});
afterEach(() => {
	controller.stop();
	vi.useRealTimers();
});

test('what is told in passing goes after some seconds, so that it never stands there when it is no longer true', async () => {
	await vi.advanceTimersByTimeAsync(1000);
	controller.press('esc');
	expect(notice()).toBe('This is the first screen: q quits.');
	await vi.advanceTimersByTimeAsync(5000);
	expect(notice()).toBeDefined();
	controller.press('esc');
	await vi.advanceTimersByTimeAsync(5000);
	expect(notice(), 'told again is told anew').toBeDefined();
	await vi.advanceTimersByTimeAsync(1500);
	expect(notice()).toBeUndefined();
});

test('why a key cannot be used stands until the next key', async () => {
	await vi.advanceTimersByTimeAsync(1000);
	controller.press('R');
	await vi.advanceTimersByTimeAsync(600_000);
	expect(notice()).toBe('No run was broken off.');
	controller.press('down');
	expect(notice()).toBeUndefined();
});
