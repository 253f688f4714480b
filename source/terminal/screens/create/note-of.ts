import {said} from '../../../mesh/build/draft.ts';
import {draftOf, fieldInFocus, portsLeftOut} from '../../state/create-form.ts';
import type {CreateForm} from '../../state/create-state.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';

/** What breaks no rule and is yet to be known of the field with the cursor; empty: nothing. */
export function noteOf(form: CreateForm, ui: Ui, {fleet}: World): string {
	const draft = draftOf(form);
	const field = fieldInFocus(form);
	const value = said(draft, field);
	if (field === 'egress') {
		const ports = portsLeftOut(form, ui.create);
		if (ports.length === 0) return '';
		return `port ${ports.join(', ')} of its Services is left out: a proxy that is not root cannot listen below 1024`;
	}
	if (field === 'serviceAccount') return lackingAccount(form, ui) ?? '';
	if (form.builder !== 'entry' || value === '') return '';
	const ref = `${said(draft, 'name')}.${said(draft, 'namespace')}`;
	if (field === 'name')
		return fleet.rows.some((row) => row.ref === ref) ? `${ref} is there already: it would change` : '';
	if (field !== 'address') return '';
	const other = fleet.rows.find(({entry}) => entry.address === value);
	return other === undefined || other.ref === ref ? '' : `${other.ref} has this address too`;
}

/** The service account that the form names and its namespace has not, in words; undefined: it is there, or nobody could look. */
export function lackingAccount(form: CreateForm, {create: {around}}: Ui): string | undefined {
	const draft = draftOf(form);
	const name = said(draft, 'serviceAccount');
	const namespace = said(draft, 'namespace');
	if (name === '' || around?.namespace !== namespace || around.serviceAccounts.length === 0) return undefined;
	if (around.serviceAccounts.includes(name)) return undefined;
	return `there is no service account ${name} in ${namespace}: kubectl create serviceaccount ${name} -n ${namespace}`;
}
