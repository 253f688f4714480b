import {Box} from 'ink';
import {keyFor} from '../../bindings.ts';
import {Lines} from '../../components/lines.tsx';
import {Row} from '../../components/row.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {matrixBoxes} from '../../state/matrix-boxes.ts';
import {matrixRows, rowInFocus, topOfTable} from '../../state/matrix-rows.ts';
import {runOf} from '../../state/see-checks.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {counted} from '../../text/counted.ts';
import {type Line, lineWidth, span, spread} from '../../text/line.ts';
import {isOpen, matrixTable} from './matrix-table.ts';
import {wayDetail} from './way-detail.ts';

type MatrixScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** The firewall matrix: a row for each way of each VM, and below it all that is known of the one under the cursor. */
export function MatrixScreen({ui, world, width}: MatrixScreenProps) {
	const {glyphs} = useTheme();
	const {matrix} = ui;
	const rows = matrixRows(ui, world);
	const focused = rowInFocus(ui, world);
	const layout = matrixBoxes(ui, world);
	const {heading, lines} = matrixTable(rows, {
		width,
		cursor: focused === undefined ? -1 : rows.indexOf(rows.find(({key}) => key === focused.key) ?? focused),
		now: world.now,
		glyphs,
		run: (target) => runOf(target, world),
	});
	const top = topOfTable(ui, world, layout.table);
	const detail = wayDetail(focused, matrix.tool, glyphs, width);
	const below = Math.max(0, detail.length - layout.detail - matrix.top);
	return (
		<Box flexDirection="column">
			{layout.table > 0 && <Row line={summaryLine()} width={width} />}
			{layout.table > 0 && <Row line={heading} width={width} />}
			<Lines lines={lines} width={width} height={layout.table} top={top} />
			<Row line={ruleLine(below)} width={width} />
			<Lines lines={detail} width={width} height={layout.detail} top={matrix.top} />
		</Box>
	);

	function summaryLine(): Line {
		const ways = rows.filter((row) => row.kind === 'way');
		const open = ways.filter((row) => row.kind === 'way' && isOpen(row.way.check)).length;
		const left: Line = [
			span('Firewall matrix', 'title'),
			span(`  ${counted(matrix.refs.length, 'VM')}`),
			...(ways.length === 0
				? []
				: [span(`, ${open} of ${ways.length} ways open`, open === ways.length ? 'good' : 'warn')]),
		];
		return spread(left, matrix.watch ? [span(`${glyphs.running} watching`, 'accent')] : [span('')], width);
	}

	function ruleLine(more: number): Line {
		const title = [span(glyphs.rule.repeat(2), 'dim'), span(` ${focused?.target ?? ''} `, 'title')];
		const right =
			more > 0 ? [span(` ${counted(more, 'line')} below, ${keyFor('matrix.zoom', world.keymap)} zooms`, 'dim')] : [];
		const rule = glyphs.rule.repeat(Math.max(0, width - lineWidth(title) - lineWidth(right)));
		return [...title, span(rule, 'dim'), ...right];
	}
}
