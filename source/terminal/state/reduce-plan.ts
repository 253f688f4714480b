import type {Wanted} from '../../onboarding/event.ts';
import type {Intent} from '../intent.ts';
import {bodyHeight, usableWidth} from '../layout.ts';
import {planLines} from '../screens/plan/plan-lines.ts';
import {defaultGlyphs} from '../theme.ts';
import {scrollBy} from './list-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {back, just, open, type Step, type Ui} from './ui.ts';
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
	if (isMove(intent)) return show(scrollBy(plan.top, moveOf(intent), text.lines.length, height));
	switch (intent) {
		case 'plan.next': {
			const next = text.starts.find((start) => start > plan.top) ?? 0;
			return show(Math.min(next, Math.max(0, text.lines.length - height)));
		}
		case 'plan.prepare':
			return again(ui, {...plan.options, prepare: !plan.options.prepare});
		case 'plan.force':
			return again(ui, {...plan.options, force: !plan.options.force});
		case 'plan.confirm': {
			const runs = {...ui.runs, focus: undefined, zoom: false};
			const started = {...back(ui), runs, fleet: {...ui.fleet, marks: new Set<string>()}};
			return {ui: open(started, 'runs'), effects: [{kind: 'start', plans: ready}]};
		}
		case 'back':
			return just(back(ui));
		default:
			return just(ui);
	}
}

/** The plan with other options. */
function again(ui: Ui, options: Wanted): Step {
	const ticket = ui.plan.ticket + 1;
	return {
		ui: {...ui, plan: {...ui.plan, options, ticket, result: {kind: 'loading'}}},
		effects: [{kind: 'plan', refs: ui.plan.refs, options, ticket}],
	};
}
