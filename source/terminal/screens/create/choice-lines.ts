import {flagOf} from '../../../mesh/build/draft.ts';
import {type Choices, isTaken} from '../../state/create-choices.ts';
import {fieldInFocus} from '../../state/create-form.ts';
import type {CreateForm} from '../../state/create-state.ts';
import {type ListState, listOf, locate} from '../../state/list-state.ts';
import {type Line, span} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';

/** What is offered for the field with the cursor; what is taken has a mark. */
export function choiceLines(
	form: CreateForm,
	list: ListState,
	{items, many}: Choices,
	{glyphs, height}: {readonly glyphs: Glyphs; readonly height: number},
): readonly Line[] {
	const room = Math.max(1, height - 2);
	const {index, top} = locate(
		list,
		listOf(items, ({value}) => value, list.index),
		room,
	);
	return [
		[span(`${flagOf(fieldInFocus(form))}: ${many ? 'as many as you like' : 'one of these'}`, 'title')],
		...items.slice(top, top + room).map((choice, at): Line => {
			const cursor = top + at === index;
			const mark = isTaken(form, choice, many) ? glyphs.mark : ' ';
			return [
				span(`${cursor ? glyphs.cursor : ' '} ${mark} `, 'accent'),
				{text: choice.value, inverse: cursor},
				span(choice.note === '' ? '' : `  ${choice.note}`, 'dim'),
			];
		}),
	];
}
