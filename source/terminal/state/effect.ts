import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Wanted} from '../../onboarding/event.ts';
import type {VmPlace} from '../../onboarding/objects/ask-vm.ts';
import type {Edit} from '../../onboarding/objects/edit.ts';
import type {Rehearsal} from '../../onboarding/objects/rehearse.ts';
import type {RunState} from '../../onboarding/run.ts';
import type {LevelPlan, RunPlan} from '../../onboarding/session.ts';
import type {Profile} from '../../ports.ts';
import type {Asked} from './create-state.ts';

/** Where else to connect: what is absent stays as it is. */
export type Relink = {
	readonly profile?: string;
	readonly context?: string;
	/** Empty: all. */
	readonly namespaces?: readonly string[];
};

/** What a key asks of the world, as data: the reducers stay pure, the controller performs it. */
export type Effect =
	/** `ticket` tells the newest request from those that were overtaken. */
	| {
			readonly kind: 'plan';
			readonly refs: readonly TargetRef[];
			readonly options: Wanted;
			readonly ticket: number;
	  }
	/** Tries the ways of these, for the matrix. */
	| {readonly kind: 'check'; readonly refs: readonly TargetRef[]; readonly ticket: number}
	| {readonly kind: 'start'; readonly plans: readonly RunPlan[]}
	| {readonly kind: 'retry'; readonly run: string}
	| {readonly kind: 'skip'; readonly run: string; readonly reason: string}
	| {readonly kind: 'cancel'; readonly runs: readonly string[]}
	| {readonly kind: 'resume'; readonly runs: readonly RunState[]}
	| {readonly kind: 'dismiss'; readonly run: RunState}
	| {readonly kind: 'save-output'; readonly run: string}
	| {readonly kind: 'mark-output'; readonly run: string}
	| {readonly kind: 'save-profile'; readonly name: string; readonly profile: Profile}
	| {readonly kind: 'remove-profile'; readonly name: string}
	| {readonly kind: 'use-profile'; readonly name: string}
	/** Looks at what this machine has, for the set-up. */
	| {readonly kind: 'survey'}
	/** Saves what the set-up was answered, and connects with it. */
	| {readonly kind: 'finish-set-up'; readonly profile: Profile}
	/** Saves an empty profile, so that nobody is asked again. */
	| {readonly kind: 'skip-set-up'}
	/** Another context of the kubeconfig, or other namespaces, for this sitting. */
	| {readonly kind: 'relink'; readonly change: Relink}
	/** Keeps a line of the command line. */
	| {readonly kind: 'remember'; readonly line: string}
	| {readonly kind: 'answer'; readonly text: string | undefined}
	| {readonly kind: 'look-around'; readonly namespace: string}
	| {readonly kind: 'ask-vm'; readonly place: VmPlace; readonly ticket: number}
	| {readonly kind: 'check-object'; readonly asked: Asked; readonly ticket: number}
	| {readonly kind: 'apply-object'; readonly asked: Asked; readonly outcome: Rehearsal['outcome']}
	/** Into the working directory; a file that holds something else only with `replace`. */
	| {readonly kind: 'write-object'; readonly object: KubernetesObject; readonly replace: boolean}
	| {readonly kind: 'open-shell'; readonly ref: TargetRef}
	/** `text`: what was made of it before. */
	| {readonly kind: 'edit-entry'; readonly ref: TargetRef; readonly text?: string}
	| {readonly kind: 'apply-edit'; readonly ref: TargetRef; readonly edit: Edit}
	/** Ends what is looked at and looks at these. */
	| {readonly kind: 'examine'; readonly refs: readonly TargetRef[]; readonly watch: boolean}
	/** What raising the log level of a proxy would do is asked about first. */
	| {readonly kind: 'plan-level'; readonly ref: TargetRef}
	| {readonly kind: 'raise-level'; readonly plan: LevelPlan}
	| {readonly kind: 'put-back-level'; readonly ref: TargetRef}
	/** The plan that mends a cause of some proxies, as they are looked at. */
	| {readonly kind: 'plan-fix'; readonly refs: readonly TargetRef[]; readonly id: string; readonly ticket: number}
	/** To the terminal's clipboard. */
	| {readonly kind: 'copy'; readonly text: string}
	| {readonly kind: 'connect'}
	/** `cancel`: runs that are under way are cancelled first; without it they can be resumed later. */
	| {readonly kind: 'quit'; readonly exitCode: number | undefined; readonly cancel: boolean}
	| {readonly kind: 'open-demo'}
	/** Hides the tour, or shows it again. */
	| {readonly kind: 'tour'}
	| {readonly kind: 'redraw'}
	| {readonly kind: 'suspend'};
