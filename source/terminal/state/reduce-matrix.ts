import type {Intent} from '../intent.ts';
import {usableWidth} from '../layout.ts';
import {wayDetail} from '../screens/matrix/way-detail.ts';
import {defaultGlyphs} from '../theme.ts';
import {listOf, moveBy, scrollBy} from './list-state.ts';
import {matrixBoxes} from './matrix-boxes.ts';
import {matrixRows, rowInFocus, ruleOf} from './matrix-rows.ts';
import type {MatrixState} from './matrix-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {planTask} from './reduce-fleet.ts';
import {runOf} from './see-checks.ts';
import {back, just, open, type Step, say, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** The keys of the matrix. */
export function reduceMatrix(ui: Ui, intent: Intent, world: World): Step {
	const {matrix} = ui;
	const change = (part: Partial<MatrixState>) => just({...ui, matrix: {...matrix, ...part}});
	const rows = matrixRows(ui, world);
	const {table, detail} = matrixBoxes(ui, world);
	if (isMove(intent) && matrix.zoom) {
		const count = wayDetail(rowInFocus(ui, world), matrix.tool, defaultGlyphs, usableWidth(world.size)).length;
		return change({top: scrollBy(matrix.top, moveOf(intent), count, detail, ui.times)});
	}
	if (isMove(intent)) {
		const source = listOf(rows, ({key}) => key, matrix.list.index);
		return change({list: moveBy(matrix.list, moveOf(intent), source, table, ui.times), top: 0});
	}
	switch (intent) {
		case 'matrix.again': {
			const ticket = matrix.ticket + 1;
			const again = {...ui, matrix: {...matrix, ticket, loading: true, failed: []}};
			return {ui: again, effects: [{kind: 'check', refs: matrix.refs, ticket}]};
		}
		case 'matrix.watch':
			return change({watch: !matrix.watch});
		case 'matrix.tool': {
			const shown = ruleOf(rowInFocus(ui, world), matrix.tool);
			if (shown === undefined) return just(ui);
			const next = shown.tools[(shown.tools.indexOf(shown.tool) + 1) % shown.tools.length];
			return change({tool: next});
		}
		case 'matrix.copy': {
			const shown = ruleOf(rowInFocus(ui, world), matrix.tool);
			return shown === undefined ? just(ui) : {ui, effects: [{kind: 'copy', text: shown.rule}]};
		}
		case 'matrix.probe':
			return planTask(ui, 'check', matrix.refs, {listen: true, probe: true});
		case 'matrix.zoom':
			return change({zoom: !matrix.zoom, top: 0});
		case 'matrix.steps': {
			const row = rowInFocus(ui, world);
			const run = row && runOf(row.target, world);
			if (run === undefined) return just(say(ui, 'There is no run of it yet.', 'warn'));
			return just(open({...ui, runs: {...ui.runs, focus: run.id, top: 0}}, 'run'));
		}
		case 'back':
			if (matrix.zoom) return change({zoom: false, top: 0});
			return just(back({...ui, matrix: {...matrix, watch: false}}));
		default:
			return just(ui);
	}
}
