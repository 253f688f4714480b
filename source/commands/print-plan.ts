import type {Writable} from 'node:stream';
import {manifestLines, remedyLine} from '../diagnosis/remedy-line.ts';
import {describeAction} from '../onboarding/describe.ts';
import {problemsFor} from '../onboarding/hindrances.ts';
import type {RunPlan} from '../onboarding/session.ts';
import {settingsOf} from '../onboarding/settings-of.ts';
import type {Plan} from './machine-output.ts';

/** A plan as text: every value with its source, then the exact commands of each step. */
export function printPlan(plans: readonly RunPlan[], out: Writable = process.stdout): void {
	for (const plan of plans) {
		out.write(`${plan.target.ref}\n`);
		for (const {name, value, source} of settingsOf(plan))
			out.write(`  ${name.padEnd(16)} ${value}${source === '' ? '' : `  (${source})`}\n`);
		for (const {id, severity, summary, remedy} of problemsFor(plan.target, plan.options.task)) {
			out.write(`  ${severity} ${id}: ${summary}
    → ${remedyLine(remedy)}
`);
			for (const line of manifestLines(remedy)) out.write(`      ${line}\n`);
		}
		for (const step of plan.steps) {
			out.write(`  ${step.phase}: ${step.title}\n`);
			for (const line of step.foreseen ?? []) out.write(`    → ${line}\n`);
			for (const action of step.actions)
				for (const line of describeAction(action, plan.target).split('\n')) out.write(`      ${line}\n`);
		}
		out.write('\n');
	}
}

/** The same for `--dry-run -o json`. */
export function planAsJson(plan: RunPlan): Plan {
	return {
		target: plan.target.ref,
		options: plan.options,
		settings: settingsOf(plan),
		findings: problemsFor(plan.target, plan.options.task),
		steps: plan.steps.map(({id, phase, title, actions, foreseen}) => ({
			id,
			phase,
			title,
			commands: actions.map((action) => describeAction(action, plan.target)),
			...(foreseen === undefined ? {} : {foreseen}),
		})),
	};
}
