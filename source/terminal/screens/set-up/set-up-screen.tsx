import {Lines} from '../../components/lines.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {bodyHeight} from '../../layout.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {setUpLines} from './set-up-lines.ts';

type SetUpScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** One question at a time, with what was found on this machine as its answers. */
export function SetUpScreen({ui, world, width}: SetUpScreenProps) {
	const {glyphs} = useTheme();
	return <Lines lines={setUpLines(ui.setUp, world, glyphs, width)} width={width} height={bodyHeight(world.size)} />;
}
