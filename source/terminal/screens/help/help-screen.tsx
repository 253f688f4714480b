import {Lines} from '../../components/lines.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {bodyHeight} from '../../layout.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {helpLines} from './help-lines.ts';

type HelpScreenProps = {readonly ui: Ui; readonly top: number; readonly world: World; readonly width: number};

/** The keys of the screen under it, made of the keymap. */
export function HelpScreen({ui, top, world, width}: HelpScreenProps) {
	const {glyphs} = useTheme();
	const lines = helpLines({...ui, help: undefined}, world, width, glyphs);
	return <Lines lines={lines} width={width} height={bodyHeight(world.size)} top={top} />;
}
