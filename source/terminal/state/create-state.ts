import type {BuilderName} from '../../mesh/build/builders.ts';
import type {Draft} from '../../mesh/build/draft.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import type {Around} from '../../onboarding/objects/around.ts';
import type {VmReport} from '../../onboarding/objects/ask-vm.ts';
import type {Rehearsal, Wish} from '../../onboarding/objects/rehearse.ts';
import type {TextField} from '../input/text-field.ts';
import type {Problem} from '../problem-of.ts';
import {type ListState, startOfList} from './list-state.ts';

/** An object that the server was asked about. `force`: fields that somebody else keeps are taken over. */
export type Asked = {readonly wish: Wish; readonly force: boolean};

/** What the create screen shows of a form. `top`: the first line of a text that is scrolled. */
export type CreateStage =
	| {readonly kind: 'editing'}
	/** The YAML alone, over the whole width. */
	| {readonly kind: 'yaml'}
	/** What there is to choose from for the field with the cursor. */
	| {readonly kind: 'choosing'; readonly list: ListState}
	/** The server is asked; `ticket` tells this question from those that were given up. */
	| {readonly kind: 'checking'; readonly asked: Asked; readonly ticket: number}
	| {readonly kind: 'review'; readonly asked: Asked; readonly rehearsal: Rehearsal; readonly top: number}
	| {readonly kind: 'applying'; readonly asked: Asked; readonly rehearsal: Rehearsal}
	| {readonly kind: 'refused'; readonly problem: Problem; readonly top: number};

export type CreateForm = {
	readonly builder: BuilderName;
	readonly values: Readonly<Record<string, TextField>>;
	/** What stood there before anything was typed. */
	readonly begun: Draft<string>;
	/** Fields that the cursor was in: only there is a lack told. */
	readonly left: ReadonlySet<string>;
	readonly index: number;
	/** First line of the YAML. */
	readonly top: number;
	/** What the VM said of itself; a number: it is being asked, with this ticket. */
	readonly report: VmReport | number | undefined;
	readonly stage: CreateStage;
};

export type CreateState = {
	/** The cursor in the list of kinds. */
	readonly list: ListState;
	/** The entry from which the screen was opened: a Sidecar or a Service is made for it. */
	readonly entry: WorkloadEntry | undefined;
	/** The namespace in which to begin; empty: not known. */
	readonly namespace: string;
	/** Undefined: the kind is not chosen yet. */
	readonly form: CreateForm | undefined;
	readonly around: Around | undefined;
	readonly ticket: number;
};

export const noCreation: CreateState = {
	list: startOfList,
	entry: undefined,
	namespace: '',
	form: undefined,
	around: undefined,
	ticket: 0,
};
