import type {Intent} from '../intent.ts';
import {bodyHeight} from '../layout.ts';
import {editLines} from '../screens/edit/edit-lines.ts';
import {scrollBy} from './list-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {just, type Step, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Away from an edited entry, wherever one has gone from there. */
export function leaveEdit(ui: Ui): Ui {
	return {...ui, edit: undefined, stack: ui.stack.filter((screen) => screen !== 'edit')};
}

/** The keys of an entry that was edited. */
export function reduceEdit(ui: Ui, intent: Intent, world: World): Step {
	const {edit} = ui;
	if (edit === undefined) return just(leaveEdit(ui));
	if (isMove(intent)) {
		const count = editLines(edit, world).length;
		const top = scrollBy(edit.top, moveOf(intent), count, bodyHeight(world.size) - 1, ui.times);
		return just({...ui, edit: {...edit, top}});
	}
	switch (intent) {
		case 'edit.again':
			return {ui, effects: [{kind: 'edit-entry', ref: edit.ref, text: edit.edit.text}]};
		case 'edit.apply':
			if (edit.stage.kind !== 'review') return just(ui);
			return {
				ui: {...ui, edit: {...edit, stage: {...edit.stage, kind: 'applying'}}},
				effects: [{kind: 'apply-edit', ref: edit.ref, edit: edit.edit}],
			};
		default:
			return just(leaveEdit(ui));
	}
}
