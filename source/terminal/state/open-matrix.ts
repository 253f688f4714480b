import type {TargetRef} from '../../mesh/workload-entry.ts';
import {type MatrixState, noMatrix} from './matrix-state.ts';
import {seeChecks} from './see-checks.ts';
import {just, open, type Step, say, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Opens the matrix of some entries and tries their ways, which changes nothing. */
export function checkNow(ui: Ui, refs: readonly TargetRef[]): Step {
	if (refs.length === 0) return just(say(ui, 'There is no entry to choose.', 'warn'));
	const ticket = ui.matrix.ticket + 1;
	const matrix: MatrixState = {...noMatrix, refs, ticket, loading: true};
	return {ui: open({...ui, matrix}, 'matrix'), effects: [{kind: 'check', refs, ticket}]};
}

/** Opens the matrix on what runs have found, or find. */
export function showMatrix(ui: Ui, refs: readonly TargetRef[], world: World): Ui {
	return seeChecks(open({...ui, matrix: {...noMatrix, ticket: ui.matrix.ticket + 1, refs}}, 'matrix'), world);
}
