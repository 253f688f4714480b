import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Edit} from '../../onboarding/objects/edit.ts';
import type {Rehearsal} from '../../onboarding/objects/rehearse.ts';
import type {Problem} from '../problem-of.ts';

/** An entry that was edited, and what the server says to it. `top`: the first line that is shown. */
export type EditState = {
	readonly ref: TargetRef;
	readonly edit: Edit;
	readonly stage:
		| {readonly kind: 'checking'}
		| {readonly kind: 'review'; readonly rehearsal: Rehearsal}
		| {readonly kind: 'applying'; readonly rehearsal: Rehearsal}
		| {readonly kind: 'refused'; readonly problem: Problem};
	readonly top: number;
};
