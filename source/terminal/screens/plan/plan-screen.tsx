import {Box} from 'ink';
import {Lines} from '../../components/lines.tsx';
import {Row} from '../../components/row.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {planHeight} from '../../state/reduce-plan.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {counted} from '../../text/counted.ts';
import {problemLines} from '../../text/document.ts';
import {type Line, type Span, span, spread} from '../../text/line.ts';
import {planLines} from './plan-lines.ts';

type PlanScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** What would be done, before anything is: values with their sources, problems, the exact commands. */
export function PlanScreen({ui, world, width}: PlanScreenProps) {
	const {glyphs} = useTheme();
	const {plan} = ui;
	const height = planHeight(world);
	const lines = planText();
	const more = lines.length - height - plan.top;
	const below = more > 0 ? `${counted(more, 'line')} below ` : '';
	return (
		<Box flexDirection="column">
			<Row line={spread(optionsLine(ui), [span(below, 'dim')], width)} width={width} />
			<Lines lines={lines} width={width} height={height} top={plan.top} />
		</Box>
	);

	function planText(): readonly Line[] {
		switch (plan.result.kind) {
			case 'loading':
				return [[], [span(`  Reading the objects of ${counted(plan.refs.length, 'entry', 'entries')}…`, 'dim')]];
			case 'failed':
				return problemLines('There is no plan', plan.result.problem, width);
			case 'ready':
				return planLines(plan.result.plans, glyphs, width).lines;
		}
	}
}

function optionsLine({plan}: Ui): Line {
	const option = (key: string, name: string, on: boolean): Span[] => [
		span(`  ${key} `, 'accent'),
		span(`${name} ${on ? 'yes' : 'no'}`, on ? 'warn' : 'plain'),
	];
	return [
		span(`Onboard ${counted(plan.refs.length, 'VM')}`, 'title'),
		...option('p', 'prepare', plan.options.prepare),
		...option('f', 'force', plan.options.force),
	];
}
