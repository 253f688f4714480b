import {Box} from 'ink';
import {noRunsYet} from '../../bindings.ts';
import {Lines} from '../../components/lines.tsx';
import {PaneBoundary} from '../../components/pane-boundary.tsx';
import {Row} from '../../components/row.tsx';
import {useOutputTicks} from '../../components/use-output-ticks.ts';
import {useTheme} from '../../components/use-theme.ts';
import {runsLayout} from '../../layout.ts';
import {runInFocus} from '../../state/look.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {span} from '../../text/line.ts';
import {outputLines} from './output-lines.ts';
import {runColumns, runHeader, runLine} from './run-row.ts';

/** How many lines the newest that stands for itself is looked for in. */
const lookBack = 8;

type RunsScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** A line for each VM, in the order in which they were started, and the live output of one of them. */
export function RunsScreen({ui, world, width}: RunsScreenProps) {
	const {glyphs} = useTheme();
	useOutputTicks(world);
	const focused = runInFocus(ui, world);
	if (focused === undefined)
		return <Lines lines={[[], [span(`  ${noRunsYet(world.keymap)}`)]]} width={width} height={2} />;

	const layout = runsLayout(world.size, world.runs.length, ui.runs.zoom);
	const at = world.runs.indexOf(focused);
	const first = Math.min(Math.max(0, at - layout.list + 1), Math.max(0, world.runs.length - layout.list));
	const columns = runColumns(world.runs, width);
	const output = world.output(focused.id);
	const rows = world.runs.slice(first, first + layout.list).map((run, index) =>
		runLine(run, columns, {
			cursor: run.id === focused.id,
			number: first + index + 1,
			now: world.now,
			glyphs,
			lastLine: lastLineOf(world, run.id),
		}),
	);
	return (
		<Box flexDirection="column">
			{layout.list > 0 && <Row line={runHeader(columns)} width={width} />}
			<Lines lines={rows} width={width} height={layout.list} />
			<PaneBoundary width={width} height={layout.output + 1} attempt={ui}>
				<Lines
					lines={
						output === undefined ? [] : outputLines(focused, output, ui.runs, {width, height: layout.output, glyphs})
					}
					width={width}
					height={layout.output + 1}
				/>
			</PaneBoundary>
		</Box>
	);
}

/** The newest line that stands for itself: the further lines of a command and of a package list mean nothing alone. */
function lastLineOf(world: World, run: string): string {
	const output = world.output(run);
	if (output === undefined) return '';
	const newest = output.window(Math.max(0, output.length - lookBack), lookBack);
	return newest.findLast((line) => line !== '' && !line.startsWith(' ')) ?? newest.at(-1)?.trim() ?? '';
}
