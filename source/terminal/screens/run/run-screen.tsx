import {Lines} from '../../components/lines.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {bodyHeight} from '../../layout.ts';
import {runInFocus} from '../../state/look.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {runLines} from './run-lines.ts';

type RunScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** The step tree of one run. */
export function RunScreen({ui, world, width}: RunScreenProps) {
	const {glyphs} = useTheme();
	const run = runInFocus(ui, world);
	const path = run === undefined ? '' : (world.output(run.id)?.path ?? '');
	const lines = run === undefined ? [] : runLines(run, glyphs, {now: world.now, width, path});
	return <Lines lines={lines} width={width} height={bodyHeight(world.size)} top={ui.runs.top} />;
}
