import {entryOf} from '../fleet/groups.ts';
import type {Rehearsal} from '../onboarding/objects/rehearse.ts';
import {type Binding, keyFor, noRunsYet} from './bindings.ts';
import {doctorKeys} from './doctor-keys.ts';
import {matrixKeys} from './matrix-keys.ts';
import {outputKeys} from './output-keys.ts';
import {setUpKeys} from './set-up-keys.ts';
import {nothingOffered} from './state/create-choices.ts';
import {isReading, vmPlaceOf} from './state/create-form.ts';
import {isActive, planIsReady, runInFocus, shownRows} from './state/look.ts';
import {itemUnder} from './state/reduce-fleet.ts';
import type {Ui} from './state/ui.ts';
import {activeRuns, type World} from './state/world.ts';
import {taskWords} from './text/task-words.ts';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
const noEntries = (ui: Ui, world: World) =>
	shownRows(ui, world).length === 0 && ui.fleet.marks.size === 0 ? 'There is no entry here to choose.' : undefined;
const noEntry = (ui: Ui, world: World) =>
	entryOf(itemUnder(ui, world)) === undefined ? 'There is no entry under the cursor.' : undefined;
const noRuns = (_: Ui, world: World) => (world.runs.length === 0 ? noRunsYet(world.keymap) : undefined);
const noProfile = (_: Ui, world: World) =>
	world.profiles.length === 0 ? `There is no profile: ${keyFor('profiles.new', world.keymap)} makes one.` : undefined;
const noFocus = (ui: Ui, world: World) => (runInFocus(ui, world) === undefined ? 'There is no run here.' : undefined);

function alreadyRunning(ui: Ui, world: World): string | undefined {
	const busy = activeRuns(world).find(({target}) => ui.plan.refs.includes(target));
	return busy === undefined
		? undefined
		: `${busy.target} ${taskWords[busy.options.task].doing} already: ${keyFor('fleet.runs', world.keymap)} shows its run.`;
}

function notFailed(ui: Ui, world: World): string | undefined {
	const run = runInFocus(ui, world);
	if (run === undefined) return 'There is no run here.';
	if (run.status === 'failed') return undefined;
	return run.status === 'running' ? `${run.target} is still under way.` : `${run.target} has no failed step.`;
}

function notRetryable(ui: Ui, world: World): string | undefined {
	return runInFocus(ui, world)?.status === 'cancelled' ? undefined : notFailed(ui, world);
}

function notRunning(ui: Ui, world: World): string | undefined {
	const run = runInFocus(ui, world);
	if (run === undefined) return 'There is no run here.';
	return isActive(run) ? undefined : `${run.target} is not under way any more.`;
}

function noChoice(ui: Ui, world: World): string | undefined {
	const {form} = ui.create;
	return form === undefined ? undefined : nothingOffered(form, ui, world);
}

function stillReading({create}: Ui): string | undefined {
	return isReading(create) ? 'The services around the entry are still being read.' : undefined;
}

function noPlace({create: {form}}: Ui): string | undefined {
	if (form?.builder !== 'entry') return 'Only for an entry a VM is asked what it reports.';
	return vmPlaceOf(form) === undefined ? 'Say first where to SSH to: ssh-host, or the address.' : undefined;
}

function nothingChanges({create: {form}}: Ui): string | undefined {
	return form?.stage.kind === 'review' ? sameAgain(form.stage.rehearsal) : undefined;
}

function sameAgain({outcome}: Rehearsal): string | undefined {
	return outcome === 'unchanged' ? 'It is there already, exactly like this.' : undefined;
}

/** A plan that shows no action changes nothing, such as that of a check. */
function planChanges({plan: {result}}: Ui): boolean {
	return result.kind === 'ready' && result.plans.some(({steps}) => steps.some(({actions}) => actions.length > 0));
}

function isNoCheck(ui: Ui, world: World): boolean {
	return runInFocus(ui, world)?.options.task !== 'check';
}

/** Every key of meshboard. */
export const keymap: readonly Binding[] = [
	{intent: 'interrupt', keys: ['ctrl+c'], words: 'leave (asks while runs are under way)', where: 'everywhere'},
	{intent: 'redraw', keys: ['ctrl+l'], words: 'draw the screen again', where: 'everywhere'},
	{intent: 'suspend', keys: ['ctrl+z'], words: 'back to the shell for a while (fg returns)', where: 'everywhere'},
	{intent: 'help', keys: ['?'], words: 'help', where: 'screens', footer: 90},
	{intent: 'quit', keys: ['q'], words: 'quit', where: 'screens', footer: 91},
	{intent: 'go.fleet', keys: ['g f'], words: 'to the fleet', where: 'screens'},
	{intent: 'go.runs', keys: ['g r'], words: 'to the runs', where: 'screens', whyNot: noRuns},
	{intent: 'go.profiles', keys: ['g p'], words: 'to the profiles', where: 'screens'},
	{intent: 'command', keys: [':'], words: 'command line', where: 'screens', footer: 89},
	{intent: 'back', keys: ['esc'], words: 'back', where: 'screens'},
	{
		intent: 'tour',
		keys: ['T'],
		words: 'hide or show the tour of the demo',
		where: 'screens',
		whyNot: (_, world) => (world.tour === undefined ? 'The tour is of the demo: meshboard demo.' : undefined),
	},
	{intent: 'command.run', keys: ['enter'], words: 'do it', where: 'command', footer: 1},
	{intent: 'command.complete', keys: ['tab'], words: 'complete, the next that fits', where: 'command', footer: 2},
	{intent: 'command.complete-back', keys: ['shift+tab'], words: 'the one before', where: 'command'},
	{intent: 'command.accept', keys: ['right'], words: 'take what is offered first', where: 'command'},
	{intent: 'command.older', keys: ['up'], words: 'the line before', where: 'command', footer: 3},
	{intent: 'command.newer', keys: ['down'], words: 'the line after', where: 'command'},
	{intent: 'command.close', keys: ['esc'], words: 'do nothing', where: 'command', footer: 4},

	{intent: 'move.down', keys: ['j', 'down'], words: 'down', where: 'lists'},
	{intent: 'move.up', keys: ['k', 'up'], words: 'up', where: 'lists'},
	{intent: 'move.page-down', keys: ['pgdn', 'ctrl+d', 'ctrl+f'], words: 'a page down', where: 'lists'},
	{intent: 'move.page-up', keys: ['pgup', 'ctrl+u', 'ctrl+b'], words: 'a page up', where: 'lists'},
	{intent: 'move.first', keys: ['g g', 'home'], words: 'to the beginning', where: 'lists'},
	{intent: 'move.last', keys: ['G', 'end'], words: 'to the end', where: 'lists'},

	{intent: 'fleet.onboard', keys: ['o'], words: 'onboard', where: 'fleet', footer: 1, whyNot: noEntries},
	{intent: 'fleet.mark', keys: ['space'], words: 'mark', where: 'fleet', footer: 2, whyNot: noEntries},
	{intent: 'fleet.mark-all', keys: ['ctrl+a'], words: 'mark all shown', where: 'fleet', footer: 7, whyNot: noEntries},
	{intent: 'fleet.filter', keys: ['/'], words: 'filter', where: 'fleet', footer: 3},
	{intent: 'fleet.open', keys: ['enter'], words: 'details', where: 'fleet', footer: 4, whyNot: noEntries},
	{intent: 'fleet.sort-next', keys: ['>'], words: 'sort by the next column', where: 'fleet'},
	{intent: 'fleet.sort-previous', keys: ['<'], words: 'sort by the column before', where: 'fleet'},
	{intent: 'fleet.sort-reverse', keys: ['I'], words: 'sort the other way round', where: 'fleet'},
	{
		intent: 'fleet.group',
		keys: ['b'],
		words: 'group by namespace, network, state, cause (enter folds a group)',
		where: 'fleet',
	},
	{
		intent: 'fleet.runs',
		keys: ['tab'],
		words: 'runs',
		where: 'fleet',
		footer: 5,
		whyNot: noRuns,
	},
	{
		intent: 'fleet.resume',
		keys: ['R'],
		words: 'resume broken-off runs',
		where: 'fleet',
		whyNot: (_, world) => (world.broken.length === 0 ? 'No run was broken off.' : undefined),
	},
	{
		intent: 'fleet.edit',
		keys: ['e'],
		words: 'edit the entry with $EDITOR',
		where: 'fleet',
		dangerous: true,
		whyNot: noEntry,
	},
	{intent: 'fleet.shell', keys: ['s'], words: 'a shell on the VM', where: 'fleet', dangerous: true, whyNot: noEntry},
	{intent: 'create', keys: ['c'], words: 'create', where: 'fleet', footer: 5},
	{intent: 'profiles', keys: ['p'], words: 'profiles', where: 'fleet', footer: 6},
	{intent: 'fleet.check', keys: ['m'], words: 'firewall matrix', where: 'fleet', footer: 5, whyNot: noEntries},
	{intent: 'fleet.doctor', keys: ['d'], words: 'doctor', where: 'fleet', footer: 3, whyNot: noEntries},
	{intent: 'fleet.renew', keys: ['t'], words: 'renew the token', where: 'fleet', footer: 8, whyNot: noEntries},
	{intent: 'fleet.offboard', keys: ['O'], words: 'offboard', where: 'fleet', footer: 9, whyNot: noEntries},
	{intent: 'back', keys: ['esc', 'enter'], words: 'close', where: 'detail', footer: 1},
	{intent: 'filter.apply', keys: ['enter'], words: 'keep the filter', where: 'filter', footer: 1},
	{intent: 'filter.clear', keys: ['esc'], words: 'clear it', where: 'filter', footer: 2},
	{intent: 'move.down', keys: ['down'], words: 'down', where: 'filter'},
	{intent: 'move.up', keys: ['up'], words: 'up', where: 'filter'},

	{
		intent: 'plan.confirm',
		keys: ['enter', 'y'],
		words: 'start',
		where: 'plan',
		footer: 1,
		dangerous: planChanges,
		whyNot: (ui, world) => planIsReady(ui) ?? alreadyRunning(ui, world),
	},
	{intent: 'plan.prepare', keys: ['p'], words: 'prepare or not', where: 'plan-onboard', footer: 2},
	{intent: 'plan.force', keys: ['f'], words: 'force or not', where: 'plan-onboard', footer: 3},
	{intent: 'plan.force', keys: ['f'], words: 'force or not', where: 'plan-renew', footer: 3},
	{intent: 'plan.delete-entry', keys: ['d'], words: 'delete the entry or not', where: 'plan-offboard', footer: 3},
	{intent: 'plan.next', keys: ['tab'], words: 'next VM', where: 'plan', footer: 4, whyNot: planIsReady},
	{intent: 'back', keys: ['esc', 'n'], words: 'do not', where: 'plan', footer: 5},

	{intent: 'runs.next', keys: ['j', 'down', 'tab'], words: 'next run', where: 'runs', whyNot: noFocus},
	{intent: 'runs.previous', keys: ['k', 'up', 'shift+tab'], words: 'previous run', where: 'runs', whyNot: noFocus},
	{intent: 'runs.jump', keys: digits, words: 'jump to a run', where: 'runs'},
	{intent: 'runs.open', keys: ['enter'], words: 'steps', where: 'runs', footer: 1, whyNot: noFocus},
	...(['runs', 'run'] as const).flatMap((where): readonly Binding[] => [
		{intent: 'runs.retry', keys: ['r'], words: 'retry', where, footer: 2, dangerous: isNoCheck, whyNot: notRetryable},
		{intent: 'runs.skip', keys: ['s'], words: 'skip step', where, footer: 3, dangerous: true, whyNot: notFailed},
		{intent: 'runs.cancel', keys: ['x'], words: 'cancel', where, footer: 4, whyNot: notRunning},
		{intent: 'runs.matrix', keys: ['m'], words: 'firewall matrix', where, footer: 6, whyNot: noFocus},
		{intent: 'runs.doctor', keys: ['d'], words: 'doctor', where, footer: 5, whyNot: noFocus},
	]),
	{
		intent: 'runs.cancel-all',
		keys: ['X'],
		words: 'cancel all',
		where: 'runs',
		whyNot: (_, world) => (activeRuns(world).length === 0 ? 'No run is under way.' : undefined),
	},

	...(['runs', 'run'] as const).map(
		(where): Binding => ({intent: 'back', keys: ['esc'], words: 'back', where, footer: 5}),
	),

	...outputKeys,
	...matrixKeys,

	...doctorKeys,

	{intent: 'profiles.edit', keys: ['enter', 'e'], words: 'edit', where: 'profiles', footer: 1, whyNot: noProfile},
	{intent: 'profiles.use', keys: ['u'], words: 'use', where: 'profiles', footer: 2, whyNot: noProfile},
	{intent: 'profiles.new', keys: ['n'], words: 'new', where: 'profiles', footer: 3},
	{intent: 'profiles.remove', keys: ['d'], words: 'remove', where: 'profiles', footer: 4, whyNot: noProfile},
	{intent: 'form.save', keys: ['ctrl+s'], words: 'save', where: 'form', footer: 1},
	{intent: 'form.next', keys: ['tab', 'down', 'enter'], words: 'next field', where: 'form', footer: 2},
	{intent: 'form.previous', keys: ['shift+tab', 'up'], words: 'previous field', where: 'form', footer: 3},
	{intent: 'form.leave', keys: ['esc'], words: 'leave', where: 'form', footer: 4},

	{intent: 'broken.resume', keys: ['enter'], words: 'resume', where: 'broken', footer: 1, dangerous: true},
	{intent: 'broken.resume-all', keys: ['a'], words: 'resume all', where: 'broken', footer: 2, dangerous: true},
	{intent: 'broken.dismiss', keys: ['d'], words: 'end for good', where: 'broken', footer: 3},

	{intent: 'create.kind', keys: ['enter'], words: 'make it', where: 'create', footer: 1},
	{intent: 'back', keys: ['esc'], words: 'back', where: 'create', footer: 2},
	{intent: 'create.check', keys: ['ctrl+s'], words: 'check', where: 'create-form', footer: 1, whyNot: stillReading},
	{intent: 'create.choices', keys: ['ctrl+n'], words: 'choose', where: 'create-form', footer: 3, whyNot: noChoice},
	{intent: 'create.yaml', keys: ['ctrl+y'], words: 'YAML', where: 'create-form', footer: 4},
	{intent: 'create.ask-vm', keys: ['ctrl+r'], words: 'ask the VM', where: 'create-form', footer: 5, whyNot: noPlace},
	{intent: 'form.leave', keys: ['esc'], words: 'leave', where: 'create-form', footer: 2},
	{
		intent: 'create.write',
		keys: ['ctrl+o'],
		words: 'write to a file',
		where: 'create-form',
		footer: 6,
		whyNot: stillReading,
	},
	{intent: 'form.next', keys: ['tab', 'down', 'enter'], words: 'next field', where: 'create-form', footer: 7},
	{intent: 'form.previous', keys: ['shift+tab', 'up'], words: 'previous field', where: 'create-form'},
	{intent: 'move.page-down', keys: ['pgdn'], words: 'the YAML a page down', where: 'create-form'},
	{intent: 'move.page-up', keys: ['pgup'], words: 'the YAML a page up', where: 'create-form'},
	{
		intent: 'create.take',
		keys: ['enter', 'space'],
		words: 'take it, or take it out',
		where: 'create-choices',
		footer: 1,
	},
	{
		intent: 'create.close',
		keys: ['esc', 'tab', 'ctrl+n'],
		words: 'back to the form',
		where: 'create-choices',
		footer: 2,
	},
	{intent: 'create.close', keys: ['esc', 'ctrl+y'], words: 'back to the form', where: 'create-yaml', footer: 1},
	{intent: 'create.check', keys: ['ctrl+s'], words: 'check', where: 'create-yaml', footer: 2, whyNot: stillReading},
	{
		intent: 'create.write',
		keys: ['ctrl+o'],
		words: 'write to a file',
		where: 'create-yaml',
		footer: 3,
		whyNot: stillReading,
	},
	{intent: 'create.close', keys: ['esc'], words: 'do not wait', where: 'create-wait', footer: 1},
	{
		intent: 'create.apply',
		keys: ['y'],
		words: 'apply',
		where: 'create-review',
		footer: 1,
		dangerous: true,
		whyNot: nothingChanges,
	},
	{intent: 'create.close', keys: ['esc', 'n', 'enter'], words: 'back to the form', where: 'create-review', footer: 2},
	{intent: 'create.write', keys: ['ctrl+o'], words: 'write to a file', where: 'create-review', footer: 3},
	{intent: 'create.close', keys: ['esc', 'enter'], words: 'back to the form', where: 'create-refused', footer: 1},

	{
		intent: 'edit.apply',
		keys: ['y'],
		words: 'apply',
		where: 'edit',
		footer: 1,
		dangerous: true,
		whyNot: ({edit}) =>
			edit?.stage.kind === 'review' ? sameAgain(edit.stage.rehearsal) : 'The server is still asked.',
	},
	...(['edit', 'edit-refused'] as const).flatMap((where): readonly Binding[] => [
		{intent: 'edit.again', keys: ['e'], words: 'edit it again', where, footer: 2},
		{intent: 'back', keys: ['esc', 'n'], words: 'do not apply it', where, footer: 3},
	]),
	{intent: 'back', keys: ['esc', '?', 'q'], words: 'close', where: 'help', footer: 1},
	{
		intent: 'connect',
		keys: ['r'],
		words: 'try again',
		where: 'start',
		footer: 1,
		whyNot: (_, world) =>
			world.link.kind === 'connecting'
				? 'Still connecting.'
				: world.canConnect
					? undefined
					: 'Start meshboard again to try once more.',
	},
	{intent: 'profiles', keys: ['p'], words: 'profiles', where: 'start', footer: 2},
	{
		intent: 'open-demo',
		keys: ['d'],
		words: 'open the demo',
		where: 'start',
		footer: 3,
		whyNot: (_, world) => (world.offersDemo ? undefined : 'The demo is a program start of its own: meshboard demo.'),
	},
	...setUpKeys,
	{intent: 'dialog.yes', keys: ['y'], words: 'yes', where: 'confirm', footer: 1},
	{intent: 'dialog.no', keys: ['n', 'esc', 'enter'], words: 'no', where: 'confirm', footer: 2},
	{intent: 'dialog.submit', keys: ['enter'], words: 'do it', where: 'typed', footer: 1},
	{intent: 'dialog.no', keys: ['esc'], words: 'do not', where: 'typed', footer: 2},
	{intent: 'prompt.yes', keys: ['y'], words: 'yes', where: 'question', footer: 1},
	{intent: 'prompt.dismiss', keys: ['n', 'esc', 'enter'], words: 'no', where: 'question', footer: 2},
	{intent: 'prompt.submit', keys: ['enter'], words: 'answer', where: 'secret', footer: 1},
	{intent: 'prompt.dismiss', keys: ['esc'], words: 'do not answer', where: 'secret', footer: 2},
];
