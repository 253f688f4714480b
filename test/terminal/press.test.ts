import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {keymap} from '../../source/terminal/keymap.ts';
import {crumbsOf} from '../../source/terminal/state/crumbs.ts';
import type {Effect} from '../../source/terminal/state/effect.ts';
import {press} from '../../source/terminal/state/press.ts';
import {initialUi, type Ui} from '../../source/terminal/state/ui.ts';
import type {World} from '../../source/terminal/state/world.ts';
import {createFakeSession} from './fake-session.ts';
import {manyRows} from './some-rows.ts';

const session = createFakeSession({failing: ['details-vm.bookinfo'], interrupted: ['old-vm.bookinfo']});
const plans = await session.plan(['details-vm.bookinfo', 'ratings-vm.bookinfo'], {
	task: 'onboard',
	prepare: true,
	force: false,
});
session.runs.start(plans);
for (let step = 0; step < 9; step += 1) session.step();
const [failed, running] = session.runs.getSnapshot();
const broken = await session.runs.interrupted();

const world: World = {
	link: {kind: 'ready', context: 'kind-lab', server: '', namespaces: []},
	fleet: session.fleet.getSnapshot(),
	fresh: new Set(),
	runs: session.runs.getSnapshot(),
	times: new Map(),
	broken,
	question: undefined,
	examined: new Map(),
	raised: new Map(),
	profiles: session.profiles.list(),
	keymap,
	contexts: ['kind-lab', 'staging'],
	history: [],
	output: (run) => session.runs.output(run),
	size: {columns: 100, rows: 30},
	now: 1_000_000,
	readOnly: false,
	version: '0.1.0',
	canConnect: true,
	canSetUp: true,
	kept: true,
	offersDemo: true,
	tour: undefined,
};

/** The effects of some keys, with every plan answered at once. */
function pressAll(keys: readonly string[], where: World = world, ui: Ui = initialUi()) {
	const effects: Effect[] = [];
	let now = ui;
	for (const key of keys) {
		const step = press(now, key, where);
		effects.push(...step.effects);
		now = step.ui;
		if (step.effects.some(({kind}) => kind === 'plan'))
			now = {...now, plan: {...now.plan, result: {kind: 'ready', plans}}};
		now = answered(now);
	}
	return {ui: now, effects};
}

/** The state when the server has said what an object would become. */
function answered(ui: Ui): Ui {
	const {form} = ui.create;
	if (form?.stage.kind !== 'checking') return ui;
	const {asked} = form.stage;
	const rehearsal = {outcome: 'created', before: undefined, after: asked.wish.object} as const;
	return {...ui, create: {...ui.create, form: {...form, stage: {kind: 'review', asked, rehearsal, top: 0}}}};
}

const anyKey = fc.constantFrom(
	...new Set([...keymap.flatMap(({keys}) => keys.flatMap((key) => key.split(' '))), 'a', 'b', 'Z', 'é', '5']),
);
const anyKeys = fc.array(anyKey, {maxLength: 60});

describe('whatever keys are pressed', () => {
	it('the runs of this test are as it needs them', () => {
		expect([failed?.status, running?.status]).toEqual(['failed', 'running']);
	});

	it('read-only mode changes nothing on VMs or the cluster', () => {
		fc.assert(
			fc.property(anyKeys, (keys) => {
				const kinds = new Set(pressAll(keys, {...world, readOnly: true}).effects.map(({kind}) => kind));
				for (const kind of ['start', 'retry', 'skip', 'resume', 'apply-object', 'apply-edit', 'open-shell'] as const)
					expect(kinds).not.toContain(kind);
			}),
			{numRuns: 500},
		);
	});

	it('nothing is cancelled, ended or removed without a confirmation typed right before it', () => {
		fc.assert(
			fc.property(anyKeys, (keys) => {
				let ui = initialUi();
				for (const key of keys) {
					const {ui: next, effects} = pressAll([key], world, ui);
					for (const {kind} of effects) {
						if (kind === 'cancel' || kind === 'dismiss' || kind === 'apply-object' || kind === 'apply-edit')
							expect(key).toBe('y');
						if (kind === 'remove-profile' || kind === 'skip') expect(ui.dialog?.kind).toMatch(/word|reason/);
					}
					ui = next;
				}
			}),
			{numRuns: 500},
		);
	});

	it('no entry is removed by keys alone, without a word that is typed', () => {
		fc.assert(
			fc.property(anyKeys, (keys) => {
				let ui = initialUi();
				for (const key of ['O', ...keys]) {
					const {ui: next, effects} = pressAll([key], world, ui);
					if (ui.plan.options.deleteEntry === true && effects.some(({kind}) => kind === 'start'))
						expect(ui.dialog).toMatchObject({kind: 'word', word: 'offboard'});
					ui = next;
				}
			}),
			{numRuns: 500},
		);
	});

	it('esc finds back to the first screen, and asks where something was typed into a form', () => {
		fc.assert(
			fc.property(anyKeys, (keys) => {
				let {ui} = pressAll(keys);
				for (let count = 0; count < 12; count += 1) {
					({ui} = pressAll(['esc'], world, ui));
					if (ui.dialog?.kind === 'leave') ({ui} = pressAll(['y'], world, ui));
				}
				expect(ui.stack).toEqual(['fleet']);
				expect(ui.dialog).toBeUndefined();
				expect(ui.help).toBeUndefined();
				expect(ui.command).toBeUndefined();
				expect(crumbsOf(ui)).toEqual(['fleet']);
			}),
		);
	});
});

describe('counts and chords', () => {
	const many: World = {...world, fleet: {...world.fleet, rows: manyRows(100)}};
	const at = (keys: readonly string[], where: World = many) => pressAll(keys, where).ui.fleet.list.index;

	it('move so many lines, or to a line', () => {
		expect(at(['5', 'j'])).toBe(5);
		expect(at(['1', '2', 'j', '2', 'k'])).toBe(10);
		expect(at(['4', '0', 'G'])).toBe(39);
		expect(at(['G', 'g', 'g'])).toBe(0);
		expect(at(['G', '7', 'g', 'g'])).toBe(6);
		expect(at(['5', 'esc', 'j'])).toBe(1);
		expect(at(['0', 'j'])).toBe(1);
	});

	it('mark so many entries', () => {
		expect(pressAll(['j', '3', 'space'], many).ui.fleet.marks).toEqual(
			new Set(['vm-00001.team-00', 'vm-00002.team-00', 'vm-00003.team-00']),
		);
	});

	it('lead to screens, and say what they do not know', () => {
		expect(pressAll(['g', 'r']).ui.stack).toEqual(['fleet', 'runs']);
		expect(pressAll(['g', 'p']).ui.stack).toEqual(['fleet', 'profiles']);
		expect(pressAll(['p', 'g', 'f']).ui.stack).toEqual(['fleet']);
		expect(pressAll(['g', 'x']).ui.notice?.text).toBe('gx means nothing here: ? shows the keys.');
		expect(pressAll(['g', 'esc']).ui).toMatchObject({pending: undefined, notice: undefined});
		expect(pressAll(['g', 'r'], {...world, runs: []}).ui.notice?.text).toContain('No runs yet');
	});

	it('mean nothing where text is typed', () => {
		expect(pressAll(['/', '5', 'g', 'g']).ui.fleet.filter.text).toBe('5gg');
	});

	it('a count never makes more of what changes something', () => {
		const {effects} = pressAll(['3', 'j', '5', 'o', '2', 'enter']);
		expect(effects.filter(({kind}) => kind === 'start').length).toBeLessThanOrEqual(1);
	});
});

describe('single keys', () => {
	it('ctrl+c asks while a run is under way, and leaves at the second within two seconds', () => {
		const {ui, effects} = pressAll(['ctrl+c']);
		expect(effects).toEqual([]);
		expect(ui.dialog?.title).toBe('Quit while a run is under way?');
		const quit = [{kind: 'quit', exitCode: 130, cancel: false}];
		expect(press(ui, 'ctrl+c', {...world, now: world.now + 1900}).effects).toEqual(quit);
		expect(press(ui, 'ctrl+c', {...world, now: world.now + 2100}).effects).toEqual([]);
		expect(press(initialUi(), 'ctrl+c', {...world, runs: []}).effects).toEqual(quit);
	});

	it('a VM is not onboarded twice at the same time', () => {
		const {ui, effects} = pressAll(['j', 'j', 'o', 'enter']);
		expect(effects.map(({kind}) => kind)).toEqual(['plan']);
		expect(ui.notice?.text).toContain('ratings-vm.bookinfo is being onboarded already');
	});

	it('marks of entries that are gone are not onboarded', () => {
		const marked = pressAll(['space', 'space']).ui;
		const {effects} = pressAll(['o'], {...world, fleet: {...world.fleet, rows: world.fleet.rows.slice(1)}}, marked);
		expect(effects).toMatchObject([{kind: 'plan', refs: ['productpage-vm.bookinfo']}]);
	});

	it('an entry is removed when the word is typed whole', () => {
		const asked = pressAll(['O', 'd', 'enter', ...'offboar', 'enter'], {...world, runs: []});
		expect(asked.effects.map(({kind}) => kind)).toEqual(['plan', 'plan']);
		expect(asked.ui.notice?.text).toContain('Type exactly offboard');
		const {ui, effects} = pressAll(['d', 'enter'], {...world, runs: []}, asked.ui);
		expect(effects).toMatchObject([{kind: 'start'}]);
		expect(ui.stack.at(-1)).toBe('runs');
	});

	it('an onboarding after another task begins as ever', () => {
		const {effects} = pressAll(['t', 'esc', 'O', 'd', 'esc', 'o']);
		expect(effects.at(-1)).toMatchObject({options: {task: 'onboard', prepare: false, force: false}});
	});

	it('a password goes nowhere but into the answer', () => {
		const asked: World = {...world, question: {kind: 'secret', id: 'p', title: 'Password'}};
		const {ui, effects} = pressAll(['q', 'x', '?', 'enter'], asked);
		expect(effects).toEqual([{kind: 'answer', text: 'qx?'}]);
		expect(JSON.stringify(ui)).not.toContain('qx?');
	});
});
