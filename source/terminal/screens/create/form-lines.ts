import {builders} from '../../../mesh/build/builders.ts';
import {type DraftFault, faultText, flagOf} from '../../../mesh/build/draft.ts';
import {fieldLine} from '../../components/field-line.ts';
import {emptyField} from '../../input/text-field.ts';
import {type Choices, isOfVm} from '../../state/create-choices.ts';
import {fieldInFocus, shownFaults} from '../../state/create-form.ts';
import type {CreateForm} from '../../state/create-state.ts';
import {paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {padTo} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

/** Columns of a field's name, as the flags of the command have it, with the sign before it. */
const labelWidth = 19;

type FormView = {
	readonly glyphs: Glyphs;
	readonly width: number;
	readonly height: number;
	/** What is offered for the field with the cursor. */
	readonly choices: Choices;
	/** What is to be known of it. */
	readonly note: string;
};

/** The form: a line for each field; under the one with the cursor what is asked, and under each what is wrong with it. */
export function formLines(form: CreateForm, view: FormView): readonly Line[] {
	const roomy = blocksOf(form, view, true);
	if (roomy.flat().length <= view.height) return roomy.flat();
	const blocks = blocksOf(form, view, false);
	const start = blocks.slice(0, form.index).flat().length;
	const end = start + (blocks[form.index]?.length ?? 0);
	const lines = blocks.flat();
	// The field with the cursor is whole, a third of the way down: what comes next can be seen.
	const third = Math.max(0, Math.min(start - Math.floor(view.height / 3), lines.length - view.height));
	const top = Math.min(start, Math.max(third, end - view.height));
	return lines.slice(top, top + view.height);
}

/** The lines of each field. `roomy`: what matters is asked in words, also where the cursor is not. */
function blocksOf(form: CreateForm, view: FormView, roomy: boolean): ReadonlyArray<readonly Line[]> {
	const faults = shownFaults(form);
	return Object.keys(form.values).map((field) =>
		blockOf(
			form,
			field,
			faults.filter((fault) => fault.field === field),
			view,
			roomy,
		),
	);
}

function blockOf(
	form: CreateForm,
	field: string,
	faults: readonly DraftFault<string>[],
	{glyphs, width, choices, note}: FormView,
	roomy: boolean,
): readonly Line[] {
	const question = builders[form.builder].questions[field];
	const active = field === fieldInFocus(form);
	const wrong = faults.length > 0;
	const sign = active ? glyphs.cursor : wrong ? glyphs.bad : ' ';
	const label = span(padTo(`${sign} ${flagOf(field)}`, labelWidth), wrong ? 'bad' : active ? 'accent' : 'dim');
	const value = form.values[field] ?? emptyField;
	const line: Line =
		value.text === '' && !active
			? [
					label,
					span(
						question?.otherwise !== undefined ? `(${question.otherwise})` : question?.needed ? '(needed)' : '',
						'dim',
					),
				]
			: fieldLine(label, value, {width: width - 1, active});
	const asked = active || (roomy && (question?.needed === true || question?.asked === true));
	return [
		line,
		...faults.flatMap((fault) => paragraph([span(`  ${glyphs.bad} `, 'bad')], faultText(fault), width, 'bad')),
		...(asked ? paragraph([span('    ')], question?.question ?? '', width, active ? 'plain' : 'dim') : []),
		...(active
			? paragraph(
					[span('    ')],
					[hintOf(form, choices, glyphs), note].filter((text) => text !== '').join(` ${glyphs.separator} `),
					width,
					'dim',
				)
			: []),
	];
}

/** How the answer is written, what holds without one, and where there is something to choose from. */
function hintOf(form: CreateForm, {items}: Choices, glyphs: Glyphs): string {
	const field = fieldInFocus(form);
	const question = builders[form.builder].questions[field];
	const empty = (form.values[field]?.text ?? '') === '';
	const some = items.slice(0, 3).map(({value, note}) => (note === '' ? value : `${value} (${note})`));
	return [
		// A name that is to be a name says nothing.
		question?.value === flagOf(field) ? '' : (question?.value ?? ''),
		...(empty && question?.needed === true ? ['needed'] : []),
		...(empty && question?.otherwise !== undefined ? [`without an answer: ${question.otherwise}`] : []),
		...(items.length > 0 ? [`ctrl+n chooses: ${some.join(', ')}${items.length > 3 ? ', …' : ''}`] : []),
		...(items.length === 0 && isOfVm(form) ? ['ctrl+r asks the VM'] : []),
	]
		.filter((part) => part !== '')
		.join(` ${glyphs.separator} `);
}
