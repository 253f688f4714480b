import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Wanted} from '../../onboarding/event.ts';
import type {RunState} from '../../onboarding/run.ts';
import type {RunPlan} from '../../onboarding/session.ts';
import type {Profile} from '../../ports.ts';

/** What a key asks of the world, as data: the reducers stay pure, the controller performs it. */
export type Effect =
	/** `ticket` tells the newest request from those that were overtaken. */
	| {
			readonly kind: 'plan';
			readonly refs: readonly TargetRef[];
			readonly options: Wanted;
			readonly ticket: number;
	  }
	| {readonly kind: 'start'; readonly plans: readonly RunPlan[]}
	| {readonly kind: 'retry'; readonly run: string}
	| {readonly kind: 'skip'; readonly run: string; readonly reason: string}
	| {readonly kind: 'cancel'; readonly runs: readonly string[]}
	| {readonly kind: 'resume'; readonly runs: readonly RunState[]}
	| {readonly kind: 'dismiss'; readonly run: RunState}
	| {readonly kind: 'save-output'; readonly run: string}
	| {readonly kind: 'save-profile'; readonly name: string; readonly profile: Profile}
	| {readonly kind: 'remove-profile'; readonly name: string}
	| {readonly kind: 'use-profile'; readonly name: string}
	| {readonly kind: 'answer'; readonly text: string | undefined}
	| {readonly kind: 'connect'}
	/** `cancel`: runs that are under way are cancelled first; without it they can be resumed later. */
	| {readonly kind: 'quit'; readonly exitCode: number | undefined; readonly cancel: boolean}
	| {readonly kind: 'open-demo'}
	| {readonly kind: 'redraw'}
	| {readonly kind: 'suspend'};
