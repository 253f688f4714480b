import type {RunState} from '../../onboarding/run.ts';
import {clockTime} from '../../output/clock-time.ts';
import {crumbsOf} from '../state/crumbs.ts';
import {shownRows} from '../state/look.ts';
import type {Ui} from '../state/ui.ts';
import {screenOf} from '../state/ui.ts';
import {activeRuns, type World} from '../state/world.ts';
import {type Line, type Span, span, spread} from '../text/line.ts';
import type {Glyphs} from '../theme.ts';
import {Row} from './row.tsx';
import {useTheme} from './use-theme.ts';

type TitleBarProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** The first line: where we are, how fresh the list is, how much is shown, and what is under way. */
export function TitleBar({ui, world, width}: TitleBarProps) {
	const {glyphs} = useTheme();
	return <Row line={titleLine(ui, world, glyphs, width)} width={width} />;
}

/** The words of the title for a width; what matters less is left out first. */
function titleLine(ui: Ui, world: World, glyphs: Glyphs, width: number): Line {
	const dot = span(` ${glyphs.separator} `, 'dim');
	const {link} = world;
	// The profile may leave the context to the kubeconfig: then it is known once that is read.
	const crumbs = crumbsOf(ui);
	// Which entries are listed matters where the list is; elsewhere the way back does.
	const place =
		crumbs.length > 1
			? crumbs.join(` ${glyphs.crumb} `)
			: link.kind === 'ready'
				? (ui.fleet.namespace ?? scopeOf(link.namespaces))
				: '';
	const where = [link.context, place].filter((part) => part !== '');
	const parts = where.map((part, index) => span(part, index === 0 ? 'title' : 'plain'));
	const left: Line = [
		span('meshboard ', 'accent'),
		...parts.flatMap((part) => [part, dot]),
		...freshness(world, glyphs),
	];
	return spread(left, [span(' '), ...joined(asides(ui, world), dot)], width);
}

function asides(ui: Ui, world: World): readonly Span[] {
	const active = activeRuns(world).length;
	const ended = (status: RunState['status']) => world.runs.filter((run) => run.status === status).length;
	const {marks} = ui.fleet;
	const screen = screenOf(ui);
	const shown = shownRows(ui, world).length;
	const total = world.fleet.rows.length;
	return [
		...(screen === 'fleet' && world.link.kind === 'ready'
			? [
					span(
						`${shown === total ? '' : `${shown} of `}${total}${world.fleet.complete ? '' : '+'} ${total === 1 ? 'entry' : 'entries'}`,
					),
				]
			: []),
		...(marks.size > 0 ? [span(`${marks.size} marked`, 'accent')] : []),
		...(active > 0 ? [span(`${active} running`, 'accent')] : []),
		...(ended('failed') > 0 ? [span(`${ended('failed')} failed`, 'bad')] : []),
		...(ended('succeeded') > 0 && screen !== 'fleet' ? [span(`${ended('succeeded')} done`, 'good')] : []),
		...(world.readOnly ? [span('read-only', 'warn')] : []),
	];
}

function freshness(world: World, glyphs: Glyphs): Line {
	if (world.link.kind === 'unasked') return [span('not connected yet', 'dim')];
	if (world.link.kind === 'connecting') return [span('connecting…', 'dim')];
	if (world.link.kind === 'failed') return [span(`${glyphs.bad} not connected`, 'bad')];
	const {state} = world.fleet;
	switch (state.kind) {
		case 'connecting':
			return [span('connecting…', 'dim')];
		case 'live':
			return [span(`${glyphs.good} live`, 'good')];
		case 'stale':
			return [span(`${glyphs.warn} stale since ${clockTime(state.since)}: ${state.reason}`, 'warn')];
		case 'denied':
			return [span(`${glyphs.bad} not permitted`, 'bad')];
	}
}

function scopeOf(namespaces: readonly string[]): string {
	if (namespaces.length === 0) return 'all namespaces';
	return namespaces.length <= 2 ? namespaces.join(', ') : `${namespaces.length} namespaces`;
}

function joined(pieces: readonly Span[], separator: Span): Line {
	return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [separator, piece]));
}
