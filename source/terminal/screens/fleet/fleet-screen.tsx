import {Box} from 'ink';
import {type FleetItem, isHead} from '../../../fleet/groups.ts';
import {keyFor} from '../../bindings.ts';
import {fieldLine} from '../../components/field-line.ts';
import {Lines} from '../../components/lines.tsx';
import {Row} from '../../components/row.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {bodyHeight, detailWidth} from '../../layout.ts';
import {filterRows} from '../../state/filter-rows.ts';
import {listOf, locate} from '../../state/list-state.ts';
import {shownItems} from '../../state/look.ts';
import {fleetHeight} from '../../state/reduce-fleet.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {counted} from '../../text/counted.ts';
import {healthWord} from '../../text/health-words.ts';
import {type Line, span} from '../../text/line.ts';
import {widthOf} from '../../text/width.ts';
import {detailLines} from './detail-lines.ts';
import {emptyLines} from './empty-lines.ts';
import {fitColumns, headerLine, itemLine} from './table.ts';

type FleetScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** The live list of entries, with the detail of the one under the cursor beside it where there is room. */
export function FleetScreen({ui, world, width}: FleetScreenProps) {
	const {glyphs} = useTheme();
	const {fleet} = ui;
	const {problem} = filterRows(world.fleet.rows, fleet.filter.text, fleet.namespace);
	const items = shownItems(ui, world);
	const height = fleetHeight(ui, world);
	const {index, top} = locate(
		fleet.list,
		listOf(items, ({ref}) => ref, fleet.list.index),
		height,
	);
	const under = items[index];
	const body = bodyHeight(world.size);

	if (fleet.detail !== undefined && under !== undefined)
		return (
			<Lines
				lines={detailLines(under, glyphs, world.now, width, world.examined)}
				width={width}
				height={body}
				top={fleet.detail}
			/>
		);

	const beside = detailWidth(world.size);
	const tableWidth = beside === 0 ? width : width - beside - 2;
	const healths = [...world.examined.values()].map((each) => widthOf(healthWord(each, glyphs, world.now).text));
	const fitted = fitColumns(world.fleet.rows, tableWidth, fleet.order?.column, Math.max(0, ...healths));
	const look = (position: number, item: FleetItem) => ({
		cursor: position === index,
		marked: isHead(item) ? item.rows.every(({ref}) => fleet.marks.has(ref)) : fleet.marks.has(item.ref),
		fresh: world.fresh.has(item.ref),
		now: world.now,
		glyphs,
		width: tableWidth,
		...(isHead(item) ? {} : {health: healthWord(world.examined.get(item.ref), glyphs, world.now)}),
	});
	const table: readonly Line[] =
		items.length === 0
			? emptyLines(ui, world, tableWidth)
			: [
					headerLine(fitted, fleet.order, glyphs),
					...items.slice(top, top + height).map((item, at) => itemLine(item, fitted, look(top + at, item))),
				];
	const banner = world.broken.length > 0;
	const filtering = fleet.typing || fleet.filter.text !== '';
	const room = height + 1;
	return (
		<Box flexDirection="column">
			{banner && <Row line={bannerLine(world)} width={width} />}
			{filtering && (
				<Row
					line={[
						...fieldLine(span('/', 'accent'), fleet.filter, {width: width - 1, active: fleet.typing}),
						span(problem === undefined ? '' : `  ${problem}`, 'warn'),
					]}
					width={width}
				/>
			)}
			<Box>
				<Lines lines={table} width={tableWidth} height={room} />
				{beside > 0 && (
					<Box>
						<Lines
							lines={Array.from({length: room}, () => [span(`${glyphs.column} `, 'dim')])}
							width={2}
							height={room}
						/>
						<Lines lines={detailLines(under, glyphs, world.now, beside, world.examined)} width={beside} height={room} />
					</Box>
				)}
			</Box>
		</Box>
	);
}

function bannerLine({broken, keymap}: World): Line {
	return [
		span(
			`${counted(broken.length, 'run')} of an earlier sitting ${broken.length === 1 ? 'was' : 'were'} broken off: `,
			'warn',
		),
		span(keyFor('fleet.resume', keymap), 'accent'),
		span(' resumes', 'warn'),
	];
}
