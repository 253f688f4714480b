import {emptyField} from '../input/text-field.ts';
import {fieldInFocus} from './create-form.ts';
import type {Focus} from './focus.ts';
import type {Ui} from './ui.ts';

/** Where keys go on the create screen. */
export function createFocus(ui: Ui): Focus {
	const {form} = ui.create;
	if (form === undefined) return {areas: ['create', 'lists', 'screens', 'everywhere']};
	switch (form.stage.kind) {
		case 'editing': {
			const field = fieldInFocus(form);
			return {
				areas: ['create-form', 'everywhere'],
				field: {
					value: form.values[field] ?? emptyField,
					put: (value) => ({
						...ui,
						create: {...ui.create, form: {...form, values: {...form.values, [field]: value}}},
					}),
				},
			};
		}
		case 'yaml':
			return {areas: ['create-yaml', 'lists', 'everywhere']};
		case 'choosing':
			return {areas: ['create-choices', 'lists', 'everywhere']};
		case 'checking':
			return {areas: ['create-wait', 'everywhere']};
		case 'review':
			return {areas: ['create-review', 'lists', 'everywhere']};
		case 'applying':
			return {areas: ['everywhere']};
		case 'refused':
			return {areas: ['create-refused', 'lists', 'everywhere']};
	}
}
