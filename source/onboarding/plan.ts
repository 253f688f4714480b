import type {Target} from '../mesh/target.ts';
import type {RunOptions, Task, Wanted} from './event.ts';
import {fixSteps} from './fix/fixes.ts';
import type {RunPlan} from './session.ts';
import type {Facts, Step} from './step.ts';
import {imageStep} from './steps/bootstrap/image.ts';
import {bootstrapSteps, onlyToStart} from './steps/bootstrap/index.ts';
import {loadStep} from './steps/bootstrap/load.ts';
import {readStep} from './steps/bootstrap/read.ts';
import {checkSteps, lookSteps} from './steps/check/index.ts';
import {offboardSteps} from './steps/offboard/index.ts';
import {packageBootstrap} from './steps/package/bootstrap.ts';
import {packageLook, packageSteps} from './steps/package/index.ts';
import {packageOffboarding} from './steps/package/offboard.ts';
import {packageRenewal} from './steps/package/renew.ts';
import {startPackageStep} from './steps/package/start.ts';
import {appStep} from './steps/prepare/app.ts';
import {prepareSteps} from './steps/prepare/index.ts';
import {renewSteps} from './steps/renew/index.ts';
import {undoSteps} from './steps/undo/index.ts';
import {verifySteps} from './steps/verify/index.ts';

/** The steps of each task, in order. */
const tasks: Readonly<Record<Task, (options: Wanted) => readonly Step[]>> = {
	onboard: ({prepare, layout, image}) =>
		layout === 'package'
			? packageSteps
			: [...(prepare ? prepareSteps : []), ...checkSteps, ...withImage(bootstrapSteps, image), ...verifySteps],
	prepare: ({undo, image}) =>
		undo === true ? undoSteps : [...prepareSteps, ...(image === undefined ? [] : [loadStep('prepare')]), appStep],
	check: ({layout}) => (layout === 'package' ? packageLook : lookSteps),
	bootstrap: ({start, layout, configure, image}) =>
		configure !== undefined
			? []
			: layout === 'package'
				? packageBootstrap.filter((step) => start === true || step !== startPackageStep)
				: [
						readStep,
						...withImage(
							bootstrapSteps.filter((step) => start === true || !onlyToStart.includes(step)),
							image,
						),
					],
	verify: ({layout}) => (layout === 'package' ? packageSteps.filter(({phase}) => phase === 'verify') : verifySteps),
	renew: ({layout}) => (layout === 'package' ? packageRenewal : renewSteps),
	fix: ({fix, layout}) => (fix === undefined ? [] : fixSteps(fix, layout ?? 'container')),
	offboard: (wanted) => (wanted.layout === 'package' ? packageOffboarding(wanted) : offboardSteps(wanted)),
};

/** Where there is a file with the image, it is loaded in place of the pull. */
function withImage(steps: readonly Step[], image: string | undefined): readonly Step[] {
	return image === undefined ? steps : steps.map((step) => (step === imageStep ? loadStep('bootstrap') : step));
}

/** The steps of a run, in order. */
export function stepsOf(options: Wanted): readonly Step[] {
	return tasks[options.task](options);
}

/**
 * What a run would do, for consent: every action that may change something, step by step. `facts` are those that a run begins
 * with; without the public key its place is marked in the command that lets it in.
 */
export function makePlan(target: Target, options: RunOptions, facts: Facts = {}): RunPlan {
	const context = {target, facts, options};
	return {
		target,
		options,
		steps: stepsOf(options).map((step) => ({
			id: step.id,
			phase: step.phase,
			title: step.titleFor?.(target) ?? step.title,
			actions: step.plan(context),
			...(step.foresee === undefined ? {} : {foreseen: step.foresee(context)}),
		})),
	};
}
