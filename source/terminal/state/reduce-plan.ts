import type {Wanted} from '../../onboarding/event.ts';
import type {RunPlan} from '../../onboarding/session.ts';
import {emptyField} from '../input/text-field.ts';
import type {Intent} from '../intent.ts';
import {bodyHeight, usableWidth} from '../layout.ts';
import {planLines} from '../screens/plan/plan-lines.ts';
import {counted} from '../text/counted.ts';
import {defaultGlyphs} from '../theme.ts';
import {scrollBy} from './list-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {showMatrix} from './open-matrix.ts';
import {back, type Dialog, just, open, type Step, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Lines of the plan that can be seen; its first line tells the options. */
export function planHeight(world: World): number {
	return Math.max(1, bodyHeight(world.size) - 1);
}

/** The keys of the plan. */
export function reducePlan(ui: Ui, intent: Intent, world: World): Step {
	const {plan} = ui;
	const ready = plan.result.kind === 'ready' ? plan.result.plans : [];
	const text = planLines(ready, defaultGlyphs, usableWidth(world.size));
	const height = planHeight(world);
	const show = (top: number) => just({...ui, plan: {...plan, top}});
	if (isMove(intent)) return show(scrollBy(plan.top, moveOf(intent), text.lines.length, height, ui.times));
	switch (intent) {
		case 'plan.next': {
			const next = text.starts.find((start) => start > plan.top) ?? 0;
			return show(Math.min(next, Math.max(0, text.lines.length - height)));
		}
		case 'plan.prepare':
			return again({...ui, plan: {...plan, prepare: !plan.prepare}}, {...plan.options, prepare: !plan.options.prepare});
		case 'plan.force':
			return again(ui, {...plan.options, force: !plan.options.force});
		case 'plan.delete-entry':
			return again(ui, {...plan.options, deleteEntry: plan.options.deleteEntry !== true});
		case 'plan.confirm':
			if (plan.options.task === 'check')
				return {ui: showMatrix(back(ui), plan.refs, world), effects: [{kind: 'start', plans: ready}]};
			return plan.options.deleteEntry === true
				? just({...ui, dialog: removal(ready)})
				: {ui: toRuns(ui), effects: [{kind: 'start', plans: ready}]};
		case 'back':
			return just(back(ui));
		default:
			return just(ui);
	}
}

/** From the plan, once it is agreed to, to its runs. */
export function toRuns(ui: Ui): Ui {
	const runs = {...ui.runs, focus: undefined, zoom: false};
	return open({...back(ui), runs, fleet: {...ui.fleet, marks: new Set<string>()}}, 'runs');
}

/** An entry that is removed cannot be had back with a key: so a key does not remove it. */
function removal(plans: readonly RunPlan[]): Dialog {
	const names = plans.map(({target}) => target.ref);
	return {
		kind: 'word',
		title: `Remove ${counted(plans.length, 'WorkloadEntry', 'WorkloadEntries')} from the cluster?`,
		detail: [names.join(', '), 'Then the proxy is stopped and removed. Type offboard to do it.'],
		word: 'offboard',
		field: emptyField,
		yes: {kind: 'start', plans},
	};
}

/** The plan with other options. */
function again(ui: Ui, options: Wanted): Step {
	const ticket = ui.plan.ticket + 1;
	return {
		ui: {...ui, plan: {...ui.plan, options, ticket, result: {kind: 'loading'}}},
		effects: [{kind: 'plan', refs: ui.plan.refs, options, ticket}],
	};
}
