import type {RunState} from '../../../onboarding/run.ts';
import {markSign} from '../../../onboarding/run-output.ts';
import type {OutputView} from '../../../onboarding/session.ts';
import {fieldLine} from '../../components/field-line.ts';
import {followingPane, matchesOf, type PaneRow, paneRows} from '../../state/pane.ts';
import type {RunsState} from '../../state/ui.ts';
import {counted} from '../../text/counted.ts';
import {type Line, lineWidth, type Span, span, spread} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';

/** The pane of one run's output: a title line, then the lines that its window shows. */
export function outputLines(
	run: RunState,
	output: OutputView,
	runs: RunsState,
	view: {readonly width: number; readonly height: number; readonly glyphs: Glyphs; readonly focused: boolean},
): readonly Line[] {
	const pane = runs.panes.get(run.id) ?? followingPane;
	const {rows, top} = paneRows(output, pane, {
		height: view.height,
		width: view.width,
		wrap: runs.wrap,
		stamps: runs.stamps,
	});
	const text = runs.search.text;
	const matches = matchesOf(output, text);
	const position = pane.follow
		? 'following'
		: `lines ${top + 1}-${Math.min(top + view.height, output.length)} of ${output.length}`;
	const right: Span[] = [span(` ${runs.wrap ? 'wrap, ' : ''}${position} `, pane.follow ? 'good' : 'warn')];
	const left = view.focused && (runs.searching || text !== '') ? searchTitle() : paneTitle();
	const rule = view.glyphs.rule.repeat(Math.max(0, view.width - lineWidth(left) - lineWidth(right)));
	return [
		spread([...left, span(rule, 'dim')], right, view.width),
		...(output.length === 0 ? [[span('No output yet.', 'dim')]] : rows.map((row) => highlighted(row, text))),
	];

	function searchTitle(): Line {
		const label = span('/', 'accent');
		const found = text === '' ? ' ' : `  ${counted(matches.length, 'line')} match `;
		return [
			...fieldLine(label, runs.search, {width: Math.floor(view.width / 2), active: runs.searching}),
			span(found, matches.length > 0 ? 'good' : 'warn'),
		];
	}

	function paneTitle(): Line {
		const lost = output.dropped > 0 ? `(the first ${counted(output.dropped, 'line')} only in ${output.path}) ` : '';
		return [
			span(view.glyphs.rule.repeat(2), 'dim'),
			span(` ${run.target} `, view.focused ? 'title' : 'plain'),
			span(lost, 'dim'),
		];
	}
}

/** A row with every occurrence of the searched text inverted. */
function highlighted({stamp, text}: PaneRow, wanted: string): Line {
	const look = lookOf(text);
	const pieces: Span[] = stamp === '' ? [] : [span(stamp, 'dim')];
	if (wanted === '') return [...pieces, span(text, look)];
	const lower = text.toLowerCase();
	const needle = wanted.toLowerCase();
	let from = 0;
	for (let at = lower.indexOf(needle); at !== -1; at = lower.indexOf(needle, at + needle.length)) {
		pieces.push(span(text.slice(from, at), look), {text: text.slice(at, at + needle.length), inverse: true});
		from = at + needle.length;
	}
	return [...pieces, span(text.slice(from), look)];
}

/** The runner's own lines stand out from what the VM says: commands, step titles, how a step ended. */
function lookOf(text: string): Span['tone'] {
	if (text.startsWith('$ ')) return 'accent';
	if (text.startsWith('── ') || text.startsWith(markSign)) return 'title';
	if (text.startsWith('✓ ')) return 'good';
	return text.startsWith('✗ ') || text.startsWith('! ') ? 'bad' : 'plain';
}
