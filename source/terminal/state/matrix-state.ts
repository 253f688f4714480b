import type {Check, Finding} from '../../diagnosis/finding.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Failure} from '../../onboarding/session.ts';
import {type ListState, startOfList} from './list-state.ts';

/** A way as it was last found. `was`: what it was before that, and when it became another, in ms since 1970. */
export type SeenWay = {readonly check: Check; readonly was?: Check; readonly changedAt?: number};

/** What was last known of a target: kept while it is checked again. */
export type Seen = {
	/** Of the round that it is of: another one is news. */
	readonly stamp: string;
	readonly ways: readonly SeenWay[];
	readonly findings: readonly Finding[];
};

export type MatrixState = {
	/** The targets that are shown, in order. */
	readonly refs: readonly TargetRef[];
	readonly seen: ReadonlyMap<TargetRef, Seen>;
	/** Targets that could not even be planned for. */
	readonly failed: readonly Failure[];
	/** Of the newest request; one that was overtaken changes nothing. */
	readonly ticket: number;
	readonly loading: boolean;
	readonly list: ListState;
	/** Checks again a moment after each round. */
	readonly watch: boolean;
	/** The tool whose rule is shown; undefined: the likeliest. */
	readonly tool: string | undefined;
	/** The detail has the whole screen. */
	readonly zoom: boolean;
	/** First line of the detail. */
	readonly top: number;
};

export const noMatrix: MatrixState = {
	refs: [],
	seen: new Map(),
	failed: [],
	ticket: 0,
	loading: false,
	list: startOfList,
	watch: false,
	tool: undefined,
	zoom: false,
	top: 0,
};
