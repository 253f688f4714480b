import {Lines} from '../../components/lines.tsx';
import {bodyHeight} from '../../layout.ts';
import type {World} from '../../state/world.ts';
import {problemLines} from '../../text/document.ts';
import {span} from '../../text/line.ts';

type StartScreenProps = {readonly world: World; readonly width: number};

/** Before there is a session: that it is being opened, or why it could not be. */
export function StartScreen({world, width}: StartScreenProps) {
	const {link} = world;
	const target = link.context === '' ? 'the cluster' : link.context;
	const lines =
		link.kind === 'failed'
			? problemLines(`There is no connection to ${target}`, link.problem, width)
			: [[], [span(`  connecting to ${target}…`, 'dim')]];
	return <Lines lines={lines} width={width} height={bodyHeight(world.size)} />;
}
