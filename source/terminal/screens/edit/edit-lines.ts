import {usableWidth} from '../../layout.ts';
import type {EditState} from '../../state/edit-state.ts';
import type {World} from '../../state/world.ts';
import type {Line} from '../../text/line.ts';
import {refusedLines, reviewLines} from '../create/review-lines.ts';

/** What would change of an entry that was edited, or why it would be refused. */
export function editLines({stage}: EditState, world: World): readonly Line[] {
	const width = usableWidth(world.size);
	switch (stage.kind) {
		case 'checking':
			return [];
		case 'refused':
			return refusedLines(stage.problem, width);
		default:
			return reviewLines(stage.rehearsal, undefined, width);
	}
}
