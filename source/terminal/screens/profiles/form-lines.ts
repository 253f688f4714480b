import {isSettingName, profileSettings, settingNames} from '../../../profile-settings.ts';
import {fieldLine} from '../../components/field-line.ts';
import {nameField} from '../../state/reduce-profiles.ts';
import type {FormState} from '../../state/ui.ts';
import {paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {padTo} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

/** Columns of a setting's name: none is cut. */
const labelWidth = 2 + Math.max(...settingNames.map((name) => name.length));

/** The form of a profile: a line for each field, then what the field with the cursor means, or what is wrong with it. */
export function formLines(form: FormState, glyphs: Glyphs, width: number, height: number): readonly Line[] {
	const fields = Object.keys(form.values);
	const room = Math.max(1, height - 4);
	const first = Math.min(Math.max(0, form.index - Math.floor(room / 2)), Math.max(0, fields.length - room));
	const focused = fields[form.index] ?? '';
	const error = form.errors[focused];
	const title = form.original === undefined ? 'A new profile' : `The profile ${form.original}`;
	const more = fields.length > room ? ` (${form.index + 1} of ${fields.length})` : '';
	return [
		[span(title, 'title'), span(`${more}  empty: not set`, 'dim')],
		...fields.slice(first, first + room).map((field): Line => {
			const active = field === focused;
			const wrong = form.errors[field] !== undefined;
			const sign = active ? glyphs.cursor : wrong ? glyphs.bad : ' ';
			const label = span(`${sign} ${padTo(field, labelWidth)}`, wrong ? 'bad' : active ? 'accent' : 'dim');
			return fieldLine(label, form.values[field] ?? {text: '', cursor: 0}, {width, active});
		}),
		[],
		...paragraph(
			[span('  ')],
			error === undefined ? meaningOf(focused) : `${focused} ${error}`,
			width,
			error === undefined ? 'dim' : 'bad',
		),
	];
}

function meaningOf(field: string): string {
	if (field === nameField) return 'What the profile is called: meshboard --profile NAME';
	return isSettingName(field) ? profileSettings[field].meaning : '';
}
