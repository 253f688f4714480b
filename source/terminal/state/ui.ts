import type {Grouping} from '../../fleet/groups.ts';
import type {FleetOrder} from '../../fleet/order.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Wanted} from '../../onboarding/event.ts';
import type {RunPlan} from '../../onboarding/session.ts';
import type {Key} from '../input/split-keys.ts';
import {emptyField, type TextField} from '../input/text-field.ts';
import type {Problem} from '../problem-of.ts';
import type {CommandLine} from './command-line.ts';
import {type CreateState, noCreation} from './create-state.ts';
import {type DoctorState, noDoctor} from './doctor-state.ts';
import type {EditState} from './edit-state.ts';
import type {Effect} from './effect.ts';
import {type ListState, startOfList} from './list-state.ts';
import {type MatrixState, noMatrix} from './matrix-state.ts';
import {noSetUp, type SetUpState} from './set-up.ts';

export type ScreenName =
	| 'fleet'
	| 'plan'
	| 'runs'
	| 'run'
	| 'profiles'
	| 'broken'
	| 'create'
	| 'edit'
	| 'matrix'
	| 'doctor'
	| 'set-up';

export type FleetState = {
	readonly list: ListState;
	/** Where the cursor was before a filter was typed: to clear it leads back there. */
	readonly origin: ListState;
	readonly marks: ReadonlySet<TargetRef>;
	/** The filter as typed; empty: everything is shown. */
	readonly filter: TextField;
	/** The only namespace that is shown; undefined: all that are listed. */
	readonly namespace: string | undefined;
	/** Undefined: by namespace and name, as listed. */
	readonly order: FleetOrder | undefined;
	readonly grouping: Grouping | undefined;
	/** Groups whose entries are not shown, by the `ref` of their heading. */
	readonly folded: ReadonlySet<string>;
	readonly typing: boolean;
	/** First line of the opened detail; undefined: it is not opened. */
	readonly detail: number | undefined;
};

export type PlanState = {
	readonly refs: readonly TargetRef[];
	readonly options: Wanted;
	/** With what an onboarding begins. */
	readonly prepare: boolean;
	readonly ticket: number;
	readonly result:
		| {readonly kind: 'loading'}
		| {readonly kind: 'ready'; readonly plans: readonly RunPlan[]}
		| {readonly kind: 'failed'; readonly problem: Problem};
	readonly top: number;
};

/** How the output of one run is looked at. `top` is a line number, used when it does not follow. */
export type PaneState = {readonly follow: boolean; readonly top: number};

/** Panes of output beside and below each other. */
export type Grid = 1 | 2 | 4;

export type RunsState = {
	/** Id of the run whose output is shown; undefined: the first. */
	readonly focus: string | undefined;
	readonly panes: ReadonlyMap<string, PaneState>;
	readonly zoom: boolean;
	/** How many panes there may be at once. */
	readonly grid: Grid;
	readonly wrap: boolean;
	/** The time before each line. */
	readonly stamps: boolean;
	readonly search: TextField;
	readonly searching: boolean;
	/** First line of the step tree. */
	readonly top: number;
};

export type FormState = {
	/** Name of the profile that is edited; undefined: a new one. */
	readonly original: string | undefined;
	readonly values: Readonly<Record<string, TextField>>;
	readonly index: number;
	readonly errors: Readonly<Record<string, string>>;
};

export type ProfilesState = {readonly list: ListState; readonly form: FormState | undefined};

/** A question of ours before something is done; its default is always no. */
export type Dialog = {readonly title: string; readonly detail: readonly string[]} & (
	| {readonly kind: 'confirm'; readonly yes: Effect}
	/** Leaves a form in which something was typed. */
	| {readonly kind: 'leave'}
	/** Done only when exactly `word` is typed. */
	| {readonly kind: 'word'; readonly word: string; readonly field: TextField; readonly yes: Effect}
	/** Skips a step of `run` for a typed reason. */
	| {readonly kind: 'reason'; readonly run: string; readonly field: TextField}
);

/** A sentence in place of the footer, until the next key; what went as wished is told for a few seconds only. */
export type Notice = {readonly text: string; readonly tone: 'plain' | 'good' | 'warn' | 'bad'};

/** What was pressed of a count (`5` of `5j`) or of a chord (`g` of `gg`). */
export type Pending = {readonly times: number | undefined; readonly keys: readonly Key[]};

/** All that the screens remember. */
export type Ui = {
	/** The way here; the last is shown, esc goes back. */
	readonly stack: readonly ScreenName[];
	readonly fleet: FleetState;
	readonly plan: PlanState;
	readonly runs: RunsState;
	readonly profiles: ProfilesState;
	readonly setUp: SetUpState;
	readonly broken: ListState;
	readonly create: CreateState;
	/** The entry that was edited with $EDITOR. */
	readonly edit: EditState | undefined;
	readonly pending: Pending | undefined;
	/** The count before the key that is reduced now; undefined: none was typed. */
	readonly times: number | undefined;
	/** What was clicked on last, with no key since: a second click opens it. */
	readonly clicked: string | undefined;
	readonly matrix: MatrixState;
	/** What is typed after `:`; undefined: closed. */
	readonly command: CommandLine | undefined;
	readonly doctor: DoctorState;
	/** First line of the help; undefined: closed. */
	readonly help: number | undefined;
	readonly dialog: Dialog | undefined;
	/** What is typed as the answer to a question of the session. */
	readonly answer: TextField;
	readonly notice: Notice | undefined;
	/** When ctrl+c was last pressed, in ms since 1970. */
	readonly interruptedAt: number;
};

/** The state after a key, and what to do. */
export type Step = {readonly ui: Ui; readonly effects: readonly Effect[]};

export function initialUi(screen: ScreenName = 'fleet'): Ui {
	return {
		stack: screen === 'fleet' ? ['fleet'] : ['fleet', screen],
		fleet: {
			list: startOfList,
			origin: startOfList,
			marks: new Set(),
			filter: emptyField,
			namespace: undefined,
			order: undefined,
			grouping: undefined,
			folded: new Set(),
			typing: false,
			detail: undefined,
		},
		plan: {
			refs: [],
			options: {task: 'onboard', prepare: false, force: false},
			prepare: false,
			ticket: 0,
			result: {kind: 'loading'},
			top: 0,
		},
		runs: {
			focus: undefined,
			panes: new Map(),
			zoom: false,
			grid: 1,
			wrap: false,
			stamps: false,
			search: emptyField,
			searching: false,
			top: 0,
		},
		profiles: {list: startOfList, form: undefined},
		setUp: noSetUp,
		broken: startOfList,
		create: noCreation,
		edit: undefined,
		pending: undefined,
		times: undefined,
		clicked: undefined,
		matrix: noMatrix,
		command: undefined,
		doctor: noDoctor,
		help: undefined,
		dialog: undefined,
		answer: emptyField,
		notice: undefined,
		interruptedAt: 0,
	};
}

/** The screen that is shown. */
export function screenOf(ui: Ui): ScreenName {
	return ui.stack.at(-1) ?? 'fleet';
}

/** Screens that mean something before there is a connection. */
export function needsNoSession(screen: ScreenName): boolean {
	return screen === 'profiles' || screen === 'set-up';
}

/** Opens a screen; one that is already on the way here is gone back to. */
export function open(ui: Ui, screen: ScreenName): Ui {
	const at = ui.stack.indexOf(screen);
	return {...ui, stack: at === -1 ? [...ui.stack, screen] : ui.stack.slice(0, at + 1)};
}

/** Goes to a screen from wherever one is: esc leads from there to the fleet. */
export function goTo(ui: Ui, screen: ScreenName): Ui {
	const fleet = {...ui.fleet, detail: undefined};
	return {...ui, fleet, stack: screen === 'fleet' ? ['fleet'] : ['fleet', screen]};
}

/** Goes one screen back. */
export function back(ui: Ui): Ui {
	return ui.stack.length > 1 ? {...ui, stack: ui.stack.slice(0, -1)} : ui;
}

/** A state with a sentence for the person. */
export function say(ui: Ui, text: string, tone: Notice['tone'] = 'plain'): Ui {
	return {...ui, notice: {text, tone}};
}

/** A step that only changes what is remembered. */
export function just(ui: Ui): Step {
	return {ui, effects: []};
}
