import type {RunState} from '../../onboarding/run.ts';
import type {Intent} from '../intent.ts';
import {bodyHeight} from '../layout.ts';
import {listOf, locate, moveBy} from './list-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {back, just, open, type Step, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Lines of the list of broken-off runs, under its two lines of explanation. */
export function brokenHeight(world: World): number {
	return Math.max(1, bodyHeight(world.size) - 2);
}

/** The keys of the broken-off runs. */
export function reduceBroken(ui: Ui, intent: Intent, world: World): Step {
	const list = listOf(world.broken, ({id}) => id, ui.broken.index);
	const height = brokenHeight(world);
	if (isMove(intent)) return just({...ui, broken: moveBy(ui.broken, moveOf(intent), list, height, ui.times)});
	const chosen = world.broken[locate(ui.broken, list, height).index];
	switch (intent) {
		case 'broken.resume':
			return chosen === undefined ? just(ui) : resume(ui, [chosen]);
		case 'broken.resume-all':
			return resume(ui, world.broken);
		case 'broken.dismiss':
			if (chosen === undefined) return just(ui);
			return just({
				...ui,
				dialog: {
					kind: 'confirm',
					title: `End the run of ${chosen.target} for good?`,
					detail: ['It is not offered again. The VM stays as it is; beginning again finds what is done.'],
					yes: {kind: 'dismiss', run: chosen},
				},
			});
		case 'back':
			return just(back(ui));
		default:
			return just(ui);
	}
}

function resume(ui: Ui, runs: readonly RunState[]): Step {
	return {ui: open(back(ui), 'runs'), effects: [{kind: 'resume', runs}]};
}
