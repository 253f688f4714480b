import {Box} from 'ink';
import {noRunsYet} from '../../bindings.ts';
import {Lines} from '../../components/lines.tsx';
import {PaneBoundary} from '../../components/pane-boundary.tsx';
import {Row} from '../../components/row.tsx';
import {useOutputTicks} from '../../components/use-output-ticks.ts';
import {useTheme} from '../../components/use-theme.ts';
import {runsLayout} from '../../layout.ts';
import {listedRuns, panesOf, runsInPanes, runsWindow} from '../../state/listed-runs.ts';
import {runInFocus} from '../../state/look.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {fitLine, type Line, span} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';
import {outputLines} from './output-lines.ts';
import {runColumns, runHeader, runLine} from './run-row.ts';

/** How many lines the newest that stands for itself is looked for in. */
const lookBack = 8;

type RunsScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** A line for each VM, those that failed first, and the live output of one, two or four of them. */
export function RunsScreen({ui, world, width}: RunsScreenProps) {
	const {glyphs} = useTheme();
	useOutputTicks(world);
	const focused = runInFocus(ui, world);
	if (focused === undefined)
		return <Lines lines={[[], [span(`  ${noRunsYet(world.keymap)}`)]]} width={width} height={2} />;

	const layout = runsLayout(world.size, world.runs.length, ui.runs.zoom);
	const listed = listedRuns(world);
	const first = runsWindow(ui, world, layout.list);
	const columns = runColumns(world.runs, width);
	const rows = listed.slice(first, first + layout.list).map((run, index) =>
		runLine(run, columns, {
			cursor: run.id === focused.id,
			number: first + index + 1,
			now: world.now,
			times: world.times,
			glyphs,
			lastLine: lastLineOf(world, run.id),
		}),
	);
	return (
		<Box flexDirection="column">
			{layout.list > 0 && <Row line={runHeader(columns)} width={width} />}
			<Lines lines={rows} width={width} height={layout.list} />
			<PaneBoundary width={width} height={layout.output + 1} attempt={ui}>
				<Lines lines={panesLines(ui, world, glyphs)} width={width} height={layout.output + 1} />
			</PaneBoundary>
		</Box>
	);
}

/** The panes row by row; side by side with a rule between them. */
function panesLines(ui: Ui, world: World, glyphs: Glyphs): readonly Line[] {
	const {columns, width, height} = panesOf(ui, world);
	const focused = runInFocus(ui, world);
	const panes = runsInPanes(ui, world).map((run) => {
		const output = world.output(run.id);
		const look = {width, height, glyphs, focused: run === focused};
		return output === undefined ? [] : outputLines(run, output, ui.runs, look);
	});
	const rule = span(glyphs.column, 'dim');
	return panes.flatMap((left, index) => {
		if (index % columns !== 0) return [];
		const right = panes[index + 1];
		return Array.from({length: height + 1}, (_, row) => {
			const line = left[row] ?? [];
			return columns === 1 ? line : [...fitLine(line, width), rule, ...(right?.[row] ?? [])];
		});
	});
}

/** The newest line that stands for itself: the further lines of a command and of a package list mean nothing alone. */
function lastLineOf(world: World, run: string): string {
	const output = world.output(run);
	if (output === undefined) return '';
	const newest = output.window(Math.max(0, output.length - lookBack), lookBack);
	return newest.findLast((line) => line !== '' && !line.startsWith(' ')) ?? newest.at(-1)?.trim() ?? '';
}
