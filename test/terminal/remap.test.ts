import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {UserError} from '../../source/errors.ts';
import {bindingsIn} from '../../source/terminal/bindings.ts';
import {keymap} from '../../source/terminal/keymap.ts';
import {actionOf, remapKeys} from '../../source/terminal/remap.ts';
import {show} from '../helpers/show.tsx';

const path = '/home/sre/.config/meshboard/config.json';

function faultsOf(given: Record<string, readonly string[]>): readonly string[] {
	try {
		remapKeys(given, path);
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		expect(error).toMatchObject({code: 'config.keys', exitCode: 78});
		expect(error.message).toContain(path);
		return error.evidence.map(({text}) => text);
	}
	return [];
}
const keysOf = (given: Record<string, readonly string[]>, intent: string, where?: string) =>
	remapKeys(given, path)
		.filter((binding) => binding.intent === intent && (where === undefined || binding.where === where))
		.map(({keys}) => keys);

describe('keys of the user', () => {
	it('take the place of ours, in all areas or in one', () => {
		expect(keysOf({}, 'fleet.onboard')).toEqual([['o']]);
		expect(keysOf({'fleet.onboard': ['ctrl+o', 'g o']}, 'fleet.onboard')).toEqual([['ctrl+o', 'g o']]);
		expect(keysOf({'runs.cancel': ['alt+x']}, 'runs.cancel')).toEqual([['alt+x'], ['alt+x']]);
		expect(keysOf({'runs.cancel@run': ['alt+x']}, 'runs.cancel')).toEqual([['x'], ['alt+x']]);
		// Two that change places.
		expect(faultsOf({'fleet.onboard': ['m'], 'fleet.check': ['o']})).toEqual([]);
	});

	it('leave esc where it leads back', () => {
		expect(keysOf({'back@plan': ['b']}, 'back', 'plan')).toEqual([['b', 'esc']]);
		expect(faultsOf({'fleet.onboard': ['esc']})).toHaveLength(1);
	});

	it.each<[string, Record<string, readonly string[]>, string]>([
		[
			'an action that there is not',
			{'fleet.onbord': ['x']},
			'"fleet.onbord" is no action; did you mean fleet.onboard?',
		],
		['an action of another part', {'fleet.onboard@runs': ['x']}, '"fleet.onboard@runs" is no action'],
		['a name of an object’s own', {constructor: ['x']}, '"constructor" is no action'],
		[
			'a key with two meanings',
			{'fleet.onboard': ['m']},
			'"fleet.check" and "fleet.onboard" are both on m: give one of them another key',
		],
		[
			'a key that moves',
			{'fleet.onboard': ['j']},
			'"fleet.onboard" and "move.down@lists" are both on j: give one of them another key',
		],
		[
			'the beginning of a chord',
			{'fleet.onboard': ['g']},
			'"fleet.onboard" and "go.fleet" are both on g: give one of them another key',
		],
		[
			'ctrl+c',
			{'fleet.onboard': ['ctrl+c']},
			'"fleet.onboard" and "interrupt" are both on ctrl+c: give one of them another key',
		],
		[
			'a bare letter for what changes VMs',
			{'runs.skip': ['k']},
			'"runs.skip" cannot be on k: what changes VMs or the cluster is on no character alone, e.g. ctrl+x, alt+x or "g x"',
		],
		['the blank for it', {'create.apply': ['space']}, '"create.apply" cannot be on space'],
		['a letter where text is typed', {'form.save': ['s']}, '"form.save" cannot be on s: text is typed there'],
		['a letter for what is everywhere', {redraw: ['x']}, '"redraw" cannot be on x: text is typed there'],
		['a chord where text is typed', {'form.save': ['g s']}, '"form.save" cannot be on g s: text is typed there'],
		['the answer to a question', {'dialog.yes': ['enter']}, '"dialog.yes" keeps its keys'],
		['a number', {'runs.jump': ['x']}, '"runs.jump" keeps its keys'],
		['what leaves', {interrupt: ['ctrl+x']}, '"interrupt" keeps its keys'],
		['no key', {'fleet.onboard': []}, '"fleet.onboard" needs one key at least'],
		[
			'what is no key',
			{'fleet.onboard': ['ctrl+shift+x']},
			'"fleet.onboard" cannot have this key: "ctrl+shift+x" is no key',
		],
		['what cannot be told from another', {'fleet.onboard': ['ctrl+i']}, 'ctrl+i cannot be told from tab in a terminal'],
		['an escape sequence', {'fleet.onboard': ['\x1b']}, 'is no key'],
		['a novel', {'fleet.onboard': ['a b c d']}, 'is more than three keys'],
	])('%s is refused in a sentence', (_, given, sentence) => {
		const faults = faultsOf(given);
		expect(faults[0]).toContain(sentence);
	});

	it('are refused all together', () => {
		expect(faultsOf({nonsense: ['x'], 'fleet.onboard': ['ctrl+i'], 'dialog.yes': ['j']})).toHaveLength(3);
	});

	it('of ours are taken as they are, each by its name', () => {
		for (const binding of keymap) {
			const faults = faultsOf({[actionOf(binding)]: binding.keys});
			expect(faults.filter((text) => !text.includes('keeps its keys'))).toEqual([]);
		}
	});

	it('never give a key two meanings, nor put what changes something on a character of its own', () => {
		const action = fc.constantFrom(...keymap.map((binding) => actionOf(binding)));
		const key = fc.constantFrom('x', 'j', 'q', 'ctrl+o', 'ctrl+c', 'alt+r', 'g o', 'g', 'esc', 'tab', 'space', 'pgup');
		fc.assert(
			fc.property(fc.dictionary(action, fc.array(key, {minLength: 1, maxLength: 3}), {maxKeys: 4}), (given) => {
				if (faultsOf(given).length > 0) return;
				const table = remapKeys(given, path);
				for (const [at, binding] of table.entries()) {
					const was = keymap[at];
					for (const each of binding.keys.filter((one) => was?.keys.includes(one) === false)) {
						const same = table.filter((other) => other.where === binding.where && other.keys.includes(each));
						expect(same).toEqual([binding]);
						if (binding.dangerous !== undefined) expect(each).toMatch(/../);
					}
				}
			}),
			{numRuns: 300},
		);
	});
});

it('what is pressed, the footer and the help are as the user chose', async () => {
	const table = remapKeys({'fleet.onboard': ['ctrl+o'], 'fleet.mark': ['alt+m']}, path);
	const {screen, controller, type, waitFor, close} = await show({columns: 80, rows: 40}, undefined, {keymap: table});
	try {
		await waitFor('details-vm');
		expect(screen.lines().at(-1)).toMatch(/^ctrl\+o onboard {2}alt\+m mark/);
		await type('o');
		expect(controller.getSnapshot().ui.stack).toEqual(['fleet']);
		await type('?');
		expect(screen.text()).toMatch(/ctrl\+o +onboard\n/);
		await type('\x1b');
		await type('\t');
		expect(screen.lines().at(-1)).toBe('No runs yet: mark entries with alt+m, then ctrl+o.');
		await type('\x0f');
		await waitFor('Onboard 1 VM');
		expect(bindingsIn(['fleet'], table)).toHaveLength(bindingsIn(['fleet'], keymap).length);
	} finally {
		close();
	}
});
