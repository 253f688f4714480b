import {Box} from 'ink';
import {builders} from '../../../mesh/build/builders.ts';
import {objectName} from '../../../mesh/object-name.ts';
import {Lines} from '../../components/lines.tsx';
import {Row} from '../../components/row.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {yamlWidth} from '../../layout.ts';
import {choicesOf} from '../../state/create-choices.ts';
import {builtOf, isReading, shownFaults} from '../../state/create-form.ts';
import type {CreateForm} from '../../state/create-state.ts';
import {createHeight} from '../../state/reduce-create.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {counted} from '../../text/counted.ts';
import {type Line, span, spread} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';
import {choiceLines} from './choice-lines.ts';
import {formLines} from './form-lines.ts';
import {kindLines} from './kind-lines.ts';
import {lackingAccount, noteOf} from './note-of.ts';
import {refusedLines, reviewLines} from './review-lines.ts';
import {yamlLines} from './yaml-lines.ts';

type CreateScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** An object is made: its kind, its form with the YAML beside it, what the server says, what would change. */
export function CreateScreen({ui, world, width}: CreateScreenProps) {
	const {glyphs} = useTheme();
	const {form} = ui.create;
	const height = createHeight(world);
	if (form === undefined)
		return (
			<Page
				head={[span('What is made?', 'title')]}
				lines={kindLines(ui.create, glyphs, width)}
				{...{width, height, top: 0}}
			/>
		);
	const {stage} = form;
	const reading = isReading(ui.create);
	const alone = (lines: readonly Line[], top: number) => {
		const more = lines.length - height - top;
		const below = span(more > 0 ? `${counted(more, 'line')} below ` : '', 'dim');
		return <Page head={spread(headOf(form, reading, glyphs), [below], width)} {...{lines, width, height, top}} />;
	};
	switch (stage.kind) {
		case 'yaml':
			return alone(yamlLines(builtOf(form).object), form.top);
		case 'review':
			return alone(reviewLines(stage.rehearsal, lackingAccount(form, ui), width), stage.top);
		case 'applying':
			return alone(reviewLines(stage.rehearsal, lackingAccount(form, ui), width), 0);
		case 'refused':
			return alone(refusedLines(stage.problem, width), stage.top);
		default:
	}
	const beside = yamlWidth(world.size);
	const formWidth = beside === 0 ? width : width - beside - 2;
	const choices = choicesOf(form, ui, world);
	const left =
		stage.kind === 'choosing'
			? choiceLines(form, stage.list, choices, {glyphs, height})
			: formLines(form, {glyphs, width: formWidth, height, choices, note: noteOf(form, ui, world)});
	return (
		<Box flexDirection="column">
			<Row line={headOf(form, reading, glyphs)} width={width} />
			<Box>
				<Lines lines={left} width={formWidth} height={height} />
				{beside > 0 && (
					<Box>
						<Lines
							lines={Array.from({length: height}, () => [span(`${glyphs.column} `, 'dim')])}
							width={2}
							height={height}
						/>
						<Lines lines={yamlLines(builtOf(form).object)} width={beside} height={height} top={form.top} />
					</Box>
				)}
			</Box>
		</Box>
	);
}

type PageProps = {
	readonly head: Line;
	readonly lines: readonly Line[];
	readonly width: number;
	readonly height: number;
	readonly top: number;
};

function Page({head, lines, width, height, top}: PageProps) {
	return (
		<Box flexDirection="column">
			<Row line={head} width={width} />
			<Lines lines={lines} width={width} height={height} top={top} />
		</Box>
	);
}

/** What is made, and how it stands. */
function headOf(form: CreateForm, reading: boolean, glyphs: Glyphs): Line {
	const {stage} = form;
	const {object, faults} = builtOf(form);
	const name = object.metadata.name === '' ? `A new ${builders[form.builder].kind}` : objectName(object);
	const title = span(`${name}  `, 'title');
	switch (stage.kind) {
		case 'checking':
			return [title, span('asking the server…', 'dim')];
		case 'applying':
			return [title, span('applying…', 'dim')];
		case 'refused':
			return [title, span(`${glyphs.bad} refused`, 'bad')];
		case 'review': {
			const {outcome} = stage.rehearsal;
			if (outcome === 'unchanged') return [title, span(`${glyphs.good} is there, exactly like this`, 'good')];
			return [title, span(outcome === 'created' ? 'would be created' : 'would change', 'warn')];
		}
		default: {
			const broken = shownFaults(form).filter(({missing}) => missing !== true).length;
			const lacking = faults.filter(({missing}) => missing === true).length;
			return [
				title,
				...(broken > 0 ? [span(`${glyphs.bad} ${counted(broken, 'rule')} broken  `, 'bad')] : []),
				...(lacking > 0 ? [span(`${counted(lacking, 'answer')} missing`, 'dim')] : []),
				...(reading ? [span('reading the services around the entry…', 'dim')] : []),
				...(faults.length === 0 && !reading ? [span(`${glyphs.good} can be checked: ctrl+s`, 'good')] : []),
			];
		}
	}
}
