import {UserError} from '../errors.ts';
import {builders} from '../mesh/build/builders.ts';
import {flagOf} from '../mesh/build/draft.ts';
import {objectName} from '../mesh/object-name.ts';
import {refOf} from '../mesh/workload-entry.ts';
import {type Around, nothingAround} from '../onboarding/objects/around.ts';
import type {VmReport} from '../onboarding/objects/ask-vm.ts';
import type {Session} from '../onboarding/session.ts';
import type {Cockpit} from './cockpit.ts';
import {emptyField} from './input/text-field.ts';
import {problemOf} from './problem-of.ts';
import {withReport} from './state/create-form.ts';
import type {CreateForm, CreateStage} from './state/create-state.ts';
import type {Effect} from './state/effect.ts';
import {leaveForm, withAround} from './state/reduce-create.ts';
import {say, screenOf, type Ui} from './state/ui.ts';
import {writeObject} from './write-object.ts';

/** The effects of the create screen. */
export type CreateEffect = Extract<
	Effect,
	{kind: 'look-around' | 'ask-vm' | 'check-object' | 'apply-object' | 'write-object'}
>;

/** Does what a key of the create screen asked for. Rejects with the fault, which the controller tells. */
export async function performCreate(effect: CreateEffect, session: Session, {change}: Cockpit): Promise<void> {
	const {create} = session;
	switch (effect.kind) {
		case 'look-around': {
			const put = (around: Around) => change((ui) => (screenOf(ui) === 'create' ? withAround(ui, around) : ui));
			try {
				return put(await create.around(effect.namespace));
			} catch (error) {
				// Without something to choose from the form is as good: everything can be typed.
				put({...nothingAround, namespace: effect.namespace});
				throw error;
			}
		}
		case 'ask-vm':
			return askVm(effect, session, change);
		case 'check-object':
			return check(effect, session, change);
		case 'apply-object':
			return apply(effect, session, change);
		case 'write-object': {
			const {path, outcome} = await writeObject(effect.object, effect.replace);
			if (outcome !== 'exists') return change((ui) => say(ui, `${path} ${outcome}.`, 'good'));
			const yes = {...effect, replace: true};
			const detail = [`${path} holds something else, which would be gone.`];
			return change((ui) => ({...ui, dialog: {kind: 'confirm', title: 'Replace the file?', detail, yes}}));
		}
	}
}

type Change = Cockpit['change'];

async function askVm({place, ticket}: Effect & {kind: 'ask-vm'}, {create}: Session, change: Change): Promise<void> {
	const put = (next: (ui: Ui, form: CreateForm) => Ui) =>
		change((ui) => (ui.create.form?.report === ticket ? next(ui, ui.create.form) : ui));
	try {
		const report = await create.askVm(place);
		put((ui, asking) => {
			const {form, filled} = withReport(asking, report);
			const into = filled.length === 0 ? 'ctrl+n chooses' : `Filled in ${filled.map(flagOf).join(', ')}`;
			return say({...ui, create: {...ui.create, form}}, `${into}: ${reported(report)}`, 'good');
		});
	} catch (error) {
		put((ui, form) => ({...ui, create: {...ui.create, form: {...form, report: undefined}}}));
		throw error;
	}
}

function reported({description, addresses, apps}: VmReport): string {
	const words = [
		...addresses.map(({address, interface: name}) => `${address} (${name})`),
		...apps.map(({port, process}) => `${process} on ${port}`),
	];
	return words.length === 0
		? `${description} reports nothing that others could reach.`
		: `${description} reports ${words.join(', ')}.`;
}

async function check(
	{asked, ticket}: Effect & {kind: 'check-object'},
	{create}: Session,
	change: Change,
): Promise<void> {
	const put = (stage: CreateStage, more: Partial<Ui> = {}) =>
		change((ui) => {
			const {form} = ui.create;
			const waits = form?.stage.kind === 'checking' && form.stage.ticket === ticket;
			return waits ? {...ui, ...more, create: {...ui.create, form: {...form, stage}}} : ui;
		});
	// Asked once more, to take fields over: the refusal that led here goes.
	if (asked.force)
		change((ui) => {
			const {form} = ui.create;
			return form?.stage.kind === 'refused'
				? {...ui, create: {...ui.create, form: {...form, stage: {kind: 'checking', asked, ticket}}}}
				: ui;
		});
	try {
		put({kind: 'review', asked, rehearsal: await create.check(asked.wish, {force: asked.force}), top: 0});
	} catch (error) {
		if (!(error instanceof UserError) || error.code !== 'conflict' || asked.force)
			return put({kind: 'refused', problem: problemOf(error), top: 0});
		const forced = {...asked, force: true};
		put(
			{kind: 'refused', problem: {...problemOf(error), hint: ''}, top: 0},
			{
				dialog: {
					kind: 'confirm',
					title: 'Take over the fields that somebody else keeps?',
					detail: [error.message, 'What would change is shown before it is applied.'],
					yes: {kind: 'check-object', asked: forced, ticket},
				},
			},
		);
	}
}

async function apply(
	{asked, outcome}: Effect & {kind: 'apply-object'},
	{create}: Session,
	change: Change,
): Promise<void> {
	const {object, resource} = asked.wish;
	try {
		await create.apply(asked.wish, {force: asked.force});
	} catch (error) {
		return change((ui) => {
			const {form} = ui.create;
			if (form === undefined) return ui;
			return {
				...ui,
				create: {...ui.create, form: {...form, stage: {kind: 'refused', problem: problemOf(error), top: 0}}},
			};
		});
	}
	change((ui) => {
		const left = leaveForm(ui);
		if (resource !== builders.entry.resource) return say(left, `${objectName(object)} ${outcome}.`, 'good');
		const {name, namespace = ''} = object.metadata;
		// The new entry is under the cursor as soon as the list has it.
		const list = {...ui.fleet.list, key: refOf({name, namespace})};
		const fleet = {...ui.fleet, list, filter: emptyField, typing: false, detail: undefined, marks: new Set<string>()};
		return say(
			{...left, fleet},
			`${objectName(object)} ${outcome}: o onboards it, c makes its Sidecar and Service.`,
			'good',
		);
	});
}
