import {Box} from 'ink';
import {Lines} from '../../components/lines.tsx';
import {Row} from '../../components/row.tsx';
import {bodyHeight} from '../../layout.ts';
import type {EditState} from '../../state/edit-state.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {span} from '../../text/line.ts';
import {editLines} from './edit-lines.ts';

type EditScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** An entry that was edited: what would change, or why it would be refused. */
export function EditScreen({ui, world, width}: EditScreenProps) {
	const {edit} = ui;
	if (edit === undefined) return <Row line={[span('Nothing is being edited: esc goes back.', 'dim')]} width={width} />;
	return (
		<Box flexDirection="column">
			<Row line={[span(edit.ref, 'title'), span(`  ${wordOf(edit)}`, 'dim')]} width={width} />
			<Lines lines={editLines(edit, world)} width={width} height={bodyHeight(world.size) - 1} top={edit.top} />
		</Box>
	);
}

function wordOf({stage}: EditState): string {
	switch (stage.kind) {
		case 'checking':
			return 'the server is asked…';
		case 'refused':
			return 'refused';
		case 'applying':
			return 'being applied…';
		case 'review':
			return stage.rehearsal.outcome === 'unchanged' ? 'nothing would change' : 'would be changed like this';
	}
}
