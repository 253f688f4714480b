import {meaningOf, reasonAgainst} from '../bindings.ts';
import type {Key} from '../input/split-keys.ts';
import {editField, emptyField, insert} from '../input/text-field.ts';
import type {Intent} from '../intent.ts';
import {bodyHeight, usableWidth} from '../layout.ts';
import {helpLines} from '../screens/help/help-lines.ts';
import {defaultGlyphs} from '../theme.ts';
import {emptyCommandLine} from './command-line.ts';
import {focusOf} from './focus.ts';
import {scrollBy} from './list-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {reduceBroken} from './reduce-broken.ts';
import {reduceCommand} from './reduce-command.ts';
import {leaveForm, reduceCreate} from './reduce-create.ts';
import {reduceDoctor} from './reduce-doctor.ts';
import {reduceEdit} from './reduce-edit.ts';
import {anchorFleet, reduceFleet} from './reduce-fleet.ts';
import {reduceMatrix} from './reduce-matrix.ts';
import {reducePlan, toRuns} from './reduce-plan.ts';
import {reduceProfiles} from './reduce-profiles.ts';
import {reduceRuns} from './reduce-runs.ts';
import {openSetUp, reduceSetUp} from './reduce-set-up.ts';
import {type Dialog, goTo, just, open, type Step, say, screenOf, type Ui} from './ui.ts';
import {activeRuns, type World} from './world.ts';

const mostTimes = 99_999;

/** Within this time a second ctrl+c leaves at once. In milliseconds. */
const twice = 2000;

/** What one key does: pure, so that a test can press keys without a terminal. */
export function press(before: Ui, key: Key, world: World): Step {
	const step = pressKey(before, key, world);
	return screenOf(step.ui) === 'fleet' ? {...step, ui: anchorFleet(step.ui, world)} : step;
}

function pressKey(before: Ui, key: Key, world: World): Step {
	const {pending} = before;
	const ui = {...before, notice: undefined, pending: undefined, times: undefined, clicked: undefined};
	const {areas, field} = focusOf(ui, world);
	if (pending !== undefined && key === 'esc') return just(ui);
	const keys = [...(pending?.keys ?? []), key];
	const meaning = meaningOf(keys, areas, world.keymap);
	if (meaning === undefined) {
		if (field !== undefined) {
			const edited = editField(field.value, key);
			return just(edited === undefined ? ui : field.put(edited));
		}
		const times = keys.length === 1 && areas.includes('lists') ? counted(pending?.times, key) : undefined;
		if (times !== undefined) return just({...ui, pending: {times, keys: []}});
		return just(keys.length === 1 ? ui : say(ui, `${keys.join('')} means nothing here: ? shows the keys.`, 'warn'));
	}
	if (meaning === 'begun') return just({...ui, pending: {times: pending?.times, keys}});
	const reason = reasonAgainst(meaning, ui, world);
	if (reason !== undefined) return just(say(ui, reason, 'warn'));
	return reduce({...ui, times: pending?.times}, meaning.intent, world, key);
}

/** A count with one digit more; undefined for a key that is none. Nobody means more than fits into a list. */
function counted(times: number | undefined, key: Key): number | undefined {
	if (!/^\d$/.test(key) || (key === '0' && times === undefined)) return undefined;
	return Math.min((times ?? 0) * 10 + Number(key), mostTimes);
}

/** Text that was pasted goes into the field that has the keys; elsewhere it does nothing: it was not typed as commands. */
export function paste(ui: Ui, text: string, world: World): Step {
	const {field} = focusOf(ui, world);
	return just(
		field === undefined
			? say(ui, 'Pasted text is ignored here: no field is open.')
			: field.put(insert(field.value, text)),
	);
}

/** What a key would do, by another way than the key: refused where the key would be. */
export function act(ui: Ui, intent: Intent, world: World): Step {
	const binding = world.keymap.find((each) => each.intent === intent);
	const reason = binding && reasonAgainst(binding, ui, world);
	return reason === undefined ? reduce(ui, intent, world, '') : just(say(ui, reason, 'warn'));
}

function reduce(ui: Ui, intent: Intent, world: World, key: Key): Step {
	switch (intent) {
		case 'interrupt':
			return interrupt(ui, world);
		case 'redraw':
		case 'suspend':
		case 'connect':
		case 'open-demo':
		case 'tour':
			return {ui, effects: [{kind: intent}]};
		case 'prompt.yes':
			return {ui, effects: [{kind: 'answer', text: 'yes'}]};
		case 'prompt.submit':
			return {ui: {...ui, answer: emptyField}, effects: [{kind: 'answer', text: ui.answer.text}]};
		case 'prompt.dismiss':
			return {ui: {...ui, answer: emptyField}, effects: [{kind: 'answer', text: undefined}]};
		case 'dialog.no':
			return just({...ui, dialog: undefined});
		case 'dialog.yes':
		case 'dialog.submit':
			return ui.dialog === undefined ? just(ui) : submit(ui, ui.dialog);
		default:
			if (ui.command !== undefined)
				return reduceCommand(ui, ui.command, intent, world, (next, meant) => reduceShown(next, meant, world, key));
			return reduceShown(ui, intent, world, key);
	}
}

function reduceShown(ui: Ui, intent: Intent, world: World, key: Key): Step {
	if (ui.help !== undefined) return reduceHelp(ui, ui.help, intent, world);
	switch (intent) {
		case 'help':
			return just({...ui, help: 0});
		case 'command':
			return just({...ui, command: emptyCommandLine});
		case 'quit':
			return quit(ui, world);
		case 'profiles':
			return just(open(ui, 'profiles'));
		case 'set-up':
			return openSetUp(ui);
		case 'go.fleet':
			return just(goTo(ui, 'fleet'));
		case 'go.runs':
			return just(goTo(ui, 'runs'));
		case 'go.profiles':
			return just(goTo(ui, 'profiles'));
		default:
	}
	switch (screenOf(ui)) {
		case 'fleet':
			return reduceFleet(ui, intent, world);
		case 'plan':
			return reducePlan(ui, intent, world);
		case 'runs':
		case 'run':
			return reduceRuns(ui, intent, world, key);
		case 'profiles':
			return reduceProfiles(ui, intent, world);
		case 'broken':
			return reduceBroken(ui, intent, world);
		case 'create':
			return reduceCreate(ui, intent, world);
		case 'edit':
			return reduceEdit(ui, intent, world);
		case 'matrix':
			return reduceMatrix(ui, intent, world);
		case 'doctor':
			return reduceDoctor(ui, intent, world);
		case 'set-up':
			return reduceSetUp(ui, intent, world);
	}
}

function reduceHelp(ui: Ui, top: number, intent: Intent, world: World): Step {
	if (!isMove(intent)) return just({...ui, help: undefined});
	const count = helpLines({...ui, help: undefined}, world, usableWidth(world.size), defaultGlyphs).length;
	return just({...ui, help: scrollBy(top, moveOf(intent), count, bodyHeight(world.size), ui.times)});
}

function submit(ui: Ui, dialog: Dialog): Step {
	const closed = {...ui, dialog: undefined};
	switch (dialog.kind) {
		case 'confirm':
			return {ui: closed, effects: [dialog.yes]};
		case 'leave':
			return just(leaveForm(closed));
		case 'word':
			if (dialog.field.text.trim() === dialog.word)
				return {ui: dialog.yes.kind === 'start' ? toRuns(closed) : closed, effects: [dialog.yes]};
			return just(say(ui, `Type exactly ${dialog.word}, or press esc.`, 'warn'));
		case 'reason': {
			const reason = dialog.field.text.trim();
			if (reason === '') return just(say(ui, 'A reason is needed: it stands in the journal.', 'warn'));
			return {ui: closed, effects: [{kind: 'skip', run: dialog.run, reason}]};
		}
	}
}

function quit(ui: Ui, world: World): Step {
	const active = activeRuns(world);
	if (active.length === 0) return {ui, effects: [{kind: 'quit', exitCode: undefined, cancel: false}]};
	return just({...ui, dialog: quitQuestion(active.length)});
}

/** ctrl+c: leaves when nothing is under way, else asks; the second one within two seconds leaves at once. */
function interrupt(ui: Ui, world: World): Step {
	const active = activeRuns(world);
	if (active.length === 0 || world.now - ui.interruptedAt <= twice)
		return {ui, effects: [{kind: 'quit', exitCode: 130, cancel: false}]};
	return just({
		...say(
			ui,
			`ctrl+c once more leaves at once${world.kept ? '; the runs can be resumed at the next start' : ''}.`,
			'warn',
		),
		dialog: quitQuestion(active.length),
		interruptedAt: world.now,
	});
}

function quitQuestion(count: number): Dialog {
	return {
		kind: 'confirm',
		title: count === 1 ? 'Quit while a run is under way?' : `Quit while ${count} runs are under way?`,
		detail: [`${count === 1 ? 'It is' : 'They are'} cancelled first: what is done on the VMs stays.`],
		yes: {kind: 'quit', exitCode: undefined, cancel: true},
	};
}
