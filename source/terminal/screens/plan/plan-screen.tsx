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
import {taskWords} from '../../text/task-words.ts';
import type {Glyphs} from '../../theme.ts';
import {errorsOf, planLines} from './plan-lines.ts';

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
			<Row line={spread([...optionsLine(ui), ...verdict(ui, glyphs)], [span(below, 'dim')], width)} width={width} />
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
	const {task, prepare, force, deleteEntry = false} = plan.options;
	return [
		span(`${taskWords[task].verb} ${counted(plan.refs.length, 'VM')}`, 'title'),
		...(task === 'onboard' ? option('p', 'prepare', prepare) : []),
		...(task === 'check' || task === 'fix'
			? []
			: task === 'offboard'
				? option('d', 'delete entry', deleteEntry)
				: option('f', 'force', force)),
	];
}

/** Of several VMs the plans are below each other: one that it cannot be done for may be out of sight. */
function verdict({plan: {result, options}}: Ui, glyphs: Glyphs): readonly Span[] {
	if (result.kind !== 'ready' || result.plans.length < 2) return [];
	const stopped = result.plans.filter((plan) => errorsOf(plan) > 0).length;
	return stopped === 0 ? [] : [span(`  ${glyphs.bad} ${stopped} cannot ${taskWords[options.task].able}`, 'bad')];
}
