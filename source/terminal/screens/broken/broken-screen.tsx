import {Box} from 'ink';
import {currentStep, type RunState} from '../../../onboarding/run.ts';
import {Lines} from '../../components/lines.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {listOf, locate} from '../../state/list-state.ts';
import {brokenHeight} from '../../state/reduce-broken.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {type Line, span} from '../../text/line.ts';
import {padTo} from '../../text/width.ts';

type BrokenScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** Runs whose process is gone: offered to go on. */
export function BrokenScreen({ui, world, width}: BrokenScreenProps) {
	const {glyphs} = useTheme();
	const height = brokenHeight(world);
	const {index, top} = locate(
		ui.broken,
		listOf(world.broken, ({id}) => id, ui.broken.index),
		height,
	);
	const head: readonly Line[] = [
		[span('Runs that were broken off', 'title')],
		[span('Resuming looks at the VM again and does not repeat what is done.', 'dim')],
	];
	const name = Math.min(40, Math.max(4, ...world.broken.map(({target}) => target.length)) + 2);
	const rows = world.broken
		.slice(top, top + height)
		.map((run, at) => brokenLine(run, name, top + at === index ? glyphs.cursor : ' '));
	return (
		<Box flexDirection="column">
			<Lines lines={[...head, ...rows]} width={width} height={height + 2} />
		</Box>
	);
}

function brokenLine(run: RunState, name: number, cursor: string): Line {
	const step = currentStep(run);
	return [
		span(`${cursor} `, 'accent'),
		span(padTo(run.target, name)),
		span(padTo(run.updatedAt.slice(0, 16).replace('T', ' '), 18), 'dim'),
		span(step === undefined ? '' : `${run.options.task}, at ${step.title}`),
	];
}
