import type {RunState} from '../../onboarding/run.ts';
import type {Key} from '../input/split-keys.ts';
import {emptyField} from '../input/text-field.ts';
import type {Intent} from '../intent.ts';
import {bodyHeight, usableWidth} from '../layout.ts';
import {runLines} from '../screens/run/run-lines.ts';
import {defaultGlyphs} from '../theme.ts';
import {scrollBy} from './list-state.ts';
import {listedRuns, panesOf} from './listed-runs.ts';
import {runInFocus} from './look.ts';
import {isMove, moveOf} from './move-of.ts';
import {showMatrix} from './open-matrix.ts';
import {followingPane, matchesOf, scrollPane, showLine, topOf} from './pane.ts';
import {openDoctor} from './reduce-doctor.ts';
import {back, type Dialog, just, open, type PaneState, type RunsState, type Step, say, type Ui} from './ui.ts';
import {activeRuns, type World} from './world.ts';

/** The keys of the runs and of one run's step tree. */
export function reduceRuns(ui: Ui, intent: Intent, world: World, key: Key): Step {
	const run = runInFocus(ui, world);
	const listed = listedRuns(world);
	const at = run === undefined ? -1 : listed.indexOf(run);
	const focus = (index: number): Step => {
		const next = listed[index];
		return next === undefined ? just(ui) : just({...ui, runs: {...ui.runs, focus: next.id}});
	};
	if (isMove(intent) && run !== undefined) {
		const count = treeHeight(run, world);
		return change(ui, {top: scrollBy(ui.runs.top, moveOf(intent), count, bodyHeight(world.size), ui.times)});
	}
	switch (intent) {
		case 'runs.next':
			return focus(key === 'tab' ? (at + 1) % listed.length : Math.min(at + 1, listed.length - 1));
		case 'runs.previous':
			return focus(key === 'shift+tab' ? (at + listed.length - 1) % listed.length : Math.max(0, at - 1));
		case 'runs.jump':
			if (listed[Number(key) - 1] === undefined) return just(say(ui, `There is no run number ${key}.`));
			return focus(Number(key) - 1);
		case 'runs.open':
			return just(open({...ui, runs: {...ui.runs, top: run === undefined ? 0 : topOfTree(run, world)}}, 'run'));
		case 'runs.cancel-all':
			return ask(ui, cancelQuestion(activeRuns(world)));
		case 'back':
			if (ui.runs.zoom) return change(ui, {zoom: false});
			return ui.runs.search.text === '' || ui.stack.at(-1) === 'run'
				? just(back(ui))
				: change(ui, {search: emptyField, searching: false});
		default:
			return run === undefined ? just(ui) : actOnRun(ui, intent, world, run);
	}
}

function treeHeight(run: RunState, world: World): number {
	const view = {now: world.now, width: usableWidth(world.size), path: world.output(run.id)?.path ?? ''};
	return runLines(run, defaultGlyphs, view).length;
}

/** Who opens the steps of a failed run wants to see the one that failed. */
function topOfTree(run: RunState, world: World): number {
	const failed = run.steps.findIndex(({state}) => state === 'failed');
	if (failed === -1) return 0;
	const before = treeHeight({...run, steps: run.steps.slice(0, failed)}, world);
	return Math.min(before, Math.max(0, treeHeight(run, world) - bodyHeight(world.size)));
}

function actOnRun(ui: Ui, intent: Intent, world: World, run: RunState): Step {
	switch (intent) {
		case 'runs.matrix':
			return just(showMatrix(ui, [run.target], world));
		case 'runs.doctor':
			return openDoctor(ui, [run.target]);
		case 'runs.retry':
			return {ui: say(ui, `Trying ${run.target} again.`), effects: [{kind: 'retry', run: run.id}]};
		case 'runs.skip': {
			const failed = run.steps.find(({state}) => state === 'failed');
			if (failed === undefined) return just(say(ui, `${run.target} has no failed step: r tries it again.`));
			const detail = [
				`${failed.title}: ${failed.detail}`,
				'Why may this step be left out? The journal keeps the reason.',
			];
			return ask(ui, {kind: 'reason', title: `Skip a step of ${run.target}`, detail, run: run.id, field: emptyField});
		}
		case 'runs.cancel':
			return ask(ui, cancelQuestion([run]));
		case 'run.copy':
			return {ui, effects: [{kind: 'copy', text: commandsOf(run)}]};
		default:
			return moveOutput(ui, intent, world, run);
	}
}

/** The commands as they were run, each step under its title. */
function commandsOf({steps}: RunState): string {
	return steps
		.filter(({commands}) => commands.length > 0)
		.map(({title, commands}) => {
			const lines = commands.map(({where, text}) => `# on ${where}\n${text}\n`);
			return `# ${title}\n${lines.join('')}`;
		})
		.join('\n');
}

/** The keys of the output pane. */
function moveOutput(ui: Ui, intent: Intent, world: World, run: RunState): Step {
	const {runs} = ui;
	const {height} = panesOf(ui, world);
	const output = world.output(run.id);
	if (output === undefined) return just(ui);
	const pane = runs.panes.get(run.id) ?? followingPane;
	const put = (next: PaneState, part: Partial<RunsState> = {}) =>
		change(ui, {...part, panes: new Map(runs.panes).set(run.id, next)});
	switch (intent) {
		case 'output.up':
			return put(scrollPane(output, pane, -1, height));
		case 'output.down':
			return put(scrollPane(output, pane, 1, height));
		case 'output.page-up':
			return put(scrollPane(output, pane, 1 - height, height));
		case 'output.page-down':
			return put(scrollPane(output, pane, height - 1, height));
		case 'output.first':
			return put({follow: false, top: 0});
		case 'output.follow':
			return put(followingPane);
		case 'output.wrap':
			return change(ui, {wrap: !runs.wrap});
		case 'output.stamps':
			return change(ui, {stamps: !runs.stamps});
		case 'output.grid':
			return change(ui, {grid: nextGrid[runs.grid]});
		case 'output.copy': {
			const shown = output.window(topOf(output, pane, height), height);
			return {ui, effects: [{kind: 'copy', text: shown.map((line) => `${line}\n`).join('')}]};
		}
		case 'output.mark':
			return {ui, effects: [{kind: 'mark-output', run: run.id}]};
		case 'output.zoom':
			return change(ui, {zoom: !runs.zoom});
		case 'output.save':
			return {ui, effects: [{kind: 'save-output', run: run.id}]};
		case 'output.search':
			return change(ui, {searching: true});
		case 'search.clear':
			return change(ui, {searching: false, search: emptyField});
		case 'search.apply':
		case 'output.next-match':
		case 'output.previous-match': {
			const matches = matchesOf(output, runs.search.text);
			const middle = topOf(output, pane, height) + Math.floor(height / 2);
			const found =
				intent === 'output.next-match' ? nextMatch(matches, middle) : previousMatch(matches, middle, intent);
			if (found === undefined) return change(ui, {searching: false});
			return put(showLine(output, found, height), {searching: false});
		}
		default:
			return just(ui);
	}
}

const nextGrid = {1: 2, 2: 4, 4: 1} as const;

/** Both go round. */
function nextMatch(matches: readonly number[], from: number): number | undefined {
	return matches.find((line) => line > from) ?? matches[0];
}

/** The match before a line; when a search begins, the newest one up to that line. */
function previousMatch(matches: readonly number[], from: number, intent: Intent): number | undefined {
	return matches.findLast((line) => (intent === 'search.apply' ? line <= from : line < from)) ?? matches.at(-1);
}

function cancelQuestion(runs: readonly RunState[]): Dialog {
	const names = runs.map(({target}) => target);
	return {
		kind: 'confirm',
		title: names.length === 1 ? `Cancel ${names[0]}?` : `Cancel all ${names.length} runs?`,
		detail: [
			...(names.length === 1 ? [] : [names.join(', ')]),
			'What runs on the VM now is stopped; what is done stays. The run can be tried again with r.',
		],
		yes: {kind: 'cancel', runs: runs.map(({id}) => id)},
	};
}

function ask(ui: Ui, dialog: Dialog): Step {
	return just({...ui, dialog});
}

function change(ui: Ui, part: Partial<RunsState>): Step {
	return just({...ui, runs: {...ui.runs, ...part}});
}
