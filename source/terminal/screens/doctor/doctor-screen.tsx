import {Box} from 'ink';
import {fieldLine} from '../../components/field-line.ts';
import {Lines} from '../../components/lines.tsx';
import {Row} from '../../components/row.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {bodyHeight, usableWidth} from '../../layout.ts';
import {doctorBoxes} from '../../state/doctor-boxes.ts';
import {doctorItems, examinedOf, itemInFocus, logInFocus, proxyInFocus} from '../../state/doctor-items.ts';
import type {DoctorPane} from '../../state/doctor-state.ts';
import {listOf, locate} from '../../state/list-state.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {counted} from '../../text/counted.ts';
import {type Line, lineWidth, span, spread} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';
import {causeLine, nothingLines} from './cause-lines.ts';
import {evidenceLines} from './evidence-lines.ts';
import {gutter, type PaneBox} from './layout.ts';
import {filterWords, logLine} from './log-lines.ts';
import {proxyLines} from './proxy-lines.ts';
import {verdictLine} from './verdict-line.ts';

type DoctorScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** Why proxies are stuck, with evidence and remedy, above the proxy itself and its log. */
export function DoctorScreen({ui, world, width}: DoctorScreenProps) {
	const {glyphs} = useTheme();
	const rows = doctorBoxes(ui, world);
	const view = {now: world.now, width, glyphs};
	const verdict = verdictLine(examinedOf(ui, world), ui.doctor, world.raised, view);
	return (
		<Box flexDirection="column" width={width} height={bodyHeight(world.size)} overflow="hidden">
			<Row line={verdict} width={width} />
			{rows.map((boxes) => (
				<Box key={boxes.map(({pane}) => pane).join(' ')}>
					{boxes.map((box, index) => (
						<Box key={box.pane} marginLeft={index === 0 ? 0 : gutter}>
							<Lines
								lines={paneLines(box, ui, world, glyphs)}
								width={Math.min(box.width, usableWidth(world.size))}
								height={box.height + 1}
							/>
						</Box>
					))}
				</Box>
			))}
		</Box>
	);
}

/** A part with its title: what its window shows, and how much lies below. */
function paneLines(box: PaneBox, ui: Ui, world: World, glyphs: Glyphs): readonly Line[] {
	const {lines, top, aside} = contentOf(box, ui, world, glyphs);
	const below = Math.max(0, lines.length - top - box.height);
	const more = box.pane === 'log' || below === 0 ? '' : ` ${counted(below, 'line')} below`;
	return [titleLine(box, ui, aside, more, glyphs), ...lines.slice(top, top + box.height)];
}

type Content = {readonly lines: readonly Line[]; readonly top: number; readonly aside: Line};

function contentOf({pane, width, height}: PaneBox, ui: Ui, world: World, glyphs: Glyphs): Content {
	const {doctor} = ui;
	switch (pane) {
		case 'causes': {
			const items = doctorItems(ui, world);
			if (items.length === 0) return {lines: nothingLines(examinedOf(ui, world), width), top: 0, aside: []};
			const list = listOf(items, ({key}) => key, doctor.list.index);
			const {index, top} = locate(doctor.list, list, height);
			const fresh = new Set(
				examinedOf(ui, world).flatMap(({news}) =>
					news.flatMap((one) => (one.event === 'finding' ? [one.finding.id] : [])),
				),
			);
			const lines = items.map((item, at) =>
				causeLine(item, {cursor: at === index, fresh: fresh.has(item.key), glyphs}),
			);
			return {lines, top, aside: []};
		}
		case 'evidence': {
			const item = itemInFocus(ui, world);
			const lines = item === undefined ? [] : evidenceLines(item, glyphs, width);
			const name = item?.kind === 'cause' ? ` ${item.key}` : '';
			return {lines, top: doctor.tops.evidence, aside: [span(name, 'dim')]};
		}
		case 'proxy': {
			const shown = proxyInFocus(ui, world);
			const name = doctor.refs.length > 1 ? ` ${shown?.target ?? doctor.focus ?? doctor.refs[0] ?? ''}` : '';
			const lines = proxyLines(shown, glyphs, {now: world.now, width});
			return {lines, top: doctor.tops.proxy, aside: [span(name, 'dim')]};
		}
		case 'log':
			return logContent(height, ui, world, width);
	}
}

function logContent(height: number, ui: Ui, world: World, width: number): Content {
	const {filter, tops} = ui.doctor;
	const log = proxyInFocus(ui, world)?.view?.log;
	const shown = logInFocus(ui, world);
	const last = Math.max(0, shown.length - height);
	const words = filterWords(filter);
	const hidden = words === '' ? '' : ` ${words}: ${shown.length} of ${log?.lines.length ?? 0}`;
	const lacks = (log?.lacks ?? []).map((lack) => `; without ${lack}`).join('');
	const typed = filter.typing
		? fieldLine(span(' /', 'accent'), filter.text, {width: Math.floor(width / 2), active: true})
		: [span(hidden, 'accent'), span(lacks, 'warn')];
	if (shown.length === 0) {
		const why = log === undefined || log.lines.length === 0 ? 'No line is known yet.' : 'No line matches the filter.';
		return {lines: [[span(`  ${why}`, 'dim')]], top: 0, aside: typed};
	}
	const top = Math.min(tops.log ?? last, last);
	// Only what can be seen is made.
	const lines: Line[] = Array.from({length: shown.length}, () => []);
	for (let at = top; at < Math.min(shown.length, top + height); at++) {
		const line = shown[at];
		if (line !== undefined) lines[at] = logLine(line);
	}
	return {lines, top, aside: typed};
}

const titles: Readonly<Record<DoctorPane, string>> = {
	causes: 'Causes',
	evidence: 'Evidence and remedy',
	proxy: 'Proxy',
	log: 'Log',
};

/** The title of a part; of the one that has the keys it stands out. */
function titleLine({pane, width}: PaneBox, ui: Ui, aside: Line, more: string, glyphs: Glyphs): Line {
	const has = ui.doctor.pane === pane;
	const {filter, tops} = ui.doctor;
	const end = pane === 'log' && !filter.typing ? ` ${tops.log === undefined ? 'following' : 'not following'} ` : more;
	const left: Line = [
		span(`${has ? glyphs.cursor : glyphs.rule}${glyphs.rule} `, has ? 'accent' : 'dim'),
		{...span(titles[pane], has ? 'accent' : 'title'), bold: true},
		...aside,
		span(' '),
	];
	const rule = glyphs.rule.repeat(Math.max(0, width - lineWidth(left) - end.length));
	return spread([...left, span(rule, 'dim')], [span(end, 'dim')], width);
}
