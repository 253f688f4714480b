import {type BuilderName, builders} from '../../mesh/build/builders.ts';
import {flagOf} from '../../mesh/build/draft.ts';
import {isDnsLabel} from '../../mesh/kubernetes-names.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import type {Around} from '../../onboarding/objects/around.ts';
import type {Intent} from '../intent.ts';
import {bodyHeight, usableWidth} from '../layout.ts';
import {lackingAccount} from '../screens/create/note-of.ts';
import {refusedLines, reviewLines} from '../screens/create/review-lines.ts';
import {yamlLines} from '../screens/create/yaml-lines.ts';
import {choicesOf, takeChoice} from './create-choices.ts';
import {
	beginForm,
	builtOf,
	draftOf,
	fieldInFocus,
	hasTyped,
	kinds,
	renewForm,
	shownFaults,
	vmPlaceOf,
} from './create-form.ts';
import {type CreateForm, type CreateStage, noCreation} from './create-state.ts';
import {type ListState, listOf, locate, moveBy, scrollBy, startOfList} from './list-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {back, type Dialog, just, open, type Step, say, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Lines of the form, the YAML and the review, under the heading. */
export function createHeight(world: World): number {
	return Math.max(1, bodyHeight(world.size) - 1);
}

/** Opens the screen for an entry, or for none, at the form of a kind, or where the kind is chosen. */
export function openCreate(ui: Ui, world: World, entry: WorkloadEntry | undefined, kind?: BuilderName): Step {
	const [only, ...others] = world.link.kind === 'ready' ? world.link.namespaces : [];
	const namespace = entry?.namespace ?? (others.length === 0 ? (only ?? '') : '');
	const create = {...noCreation, ticket: ui.create.ticket, entry, namespace};
	const form = kind === undefined ? undefined : beginForm(kind, create);
	return {ui: open({...ui, create: {...create, form}}, 'create'), effects: [{kind: 'look-around', namespace}]};
}

/** The keys of the create screen. */
export function reduceCreate(ui: Ui, intent: Intent, world: World): Step {
	const {form} = ui.create;
	if (form === undefined) return reduceKinds(ui, intent, world);
	switch (form.stage.kind) {
		case 'choosing':
			return reduceChoices(ui, form, form.stage.list, intent, world);
		case 'review':
			return reduceReview(ui, form, form.stage, intent, world);
		case 'refused':
			if (!isMove(intent)) return stage(ui, form, {kind: 'editing'});
			return stage(ui, form, {
				...form.stage,
				top: scroll(
					ui,
					form.stage.top,
					intent,
					refusedLines(form.stage.problem, usableWidth(world.size)).length,
					world,
				),
			});
		case 'checking':
			return stage(ui, form, {kind: 'editing'});
		default:
			return reduceForm(ui, form, intent, world);
	}
}

/** What is around is known: what nobody typed follows it. News of another namespace than the form's is old. */
export function withAround(ui: Ui, around: Around): Ui {
	const create = {...ui.create, around};
	const {form} = create;
	return {...ui, create: {...create, form: form === undefined ? undefined : renewForm(form, create)}};
}

/** Away from the form, to what was there before. */
export function leaveForm(ui: Ui): Ui {
	return back({...ui, create: {...noCreation, ticket: ui.create.ticket}});
}

function reduceKinds(ui: Ui, intent: Intent, world: World): Step {
	const {create} = ui;
	const list = listOf(kinds, (kind) => kind);
	if (isMove(intent))
		return just({
			...ui,
			create: {...create, list: moveBy(create.list, moveOf(intent), list, createHeight(world), ui.times)},
		});
	if (intent === 'back') return just(back(ui));
	const chosen = kinds[locate(create.list, list, createHeight(world)).index];
	if (intent !== 'create.kind' || chosen === undefined) return just(ui);
	return just({...ui, create: {...create, form: beginForm(chosen, create)}});
}

function reduceForm(ui: Ui, form: CreateForm, intent: Intent, world: World): Step {
	const count = Object.keys(form.values).length;
	if (isMove(intent)) {
		const lines = yamlLines(builtOf(form).object).length;
		return put(ui, {...form, top: scroll(ui, form.top, intent, lines, world)});
	}
	switch (intent) {
		case 'form.next':
			return goTo(ui, form, (form.index + 1) % count);
		case 'form.previous':
			return goTo(ui, form, (form.index + count - 1) % count);
		case 'form.leave':
			return hasTyped(form) ? just({...ui, dialog: leaveQuestion(form)}) : just(leaveForm(ui));
		case 'create.yaml':
			return stage(ui, {...form, top: 0}, {kind: 'yaml'});
		case 'create.close':
			return stage(ui, form, {kind: 'editing'});
		case 'create.choices':
			return stage(ui, form, {kind: 'choosing', list: startOfList});
		case 'create.ask-vm':
			return askVm(ui, form);
		case 'create.write':
			return write(ui, form);
		case 'create.check': {
			const faulty = firstFault(ui, form);
			if (faulty !== undefined) return faulty;
			const asked = {wish: {resource: builders[form.builder].resource, object: builtOf(form).object}, force: false};
			const ticket = ui.create.ticket + 1;
			const next = stage(ui, form, {kind: 'checking', asked, ticket}).ui;
			return {
				ui: {...next, create: {...next.create, ticket}},
				effects: [{kind: 'check-object', asked, ticket}],
			};
		}
		default:
			return just(ui);
	}
}

/** The cursor in another field; a namespace that was typed is looked at. */
function goTo(ui: Ui, form: CreateForm, index: number): Step {
	const namespace = draftOf(form)['namespace']?.trim() ?? '';
	const isNew =
		fieldInFocus(form) === 'namespace' && isDnsLabel(namespace) && namespace !== ui.create.around?.namespace;
	const next = put(ui, {...form, index, left: new Set([...form.left, fieldInFocus(form)])});
	return isNew ? {ui: next.ui, effects: [{kind: 'look-around', namespace}]} : next;
}

/** Something is wrong: every lack is told now, and the cursor goes to the first fault. */
function firstFault(ui: Ui, form: CreateForm): Step | undefined {
	const fields = Object.keys(form.values);
	const told: CreateForm = {...form, left: new Set(fields), stage: {kind: 'editing'}};
	const wrong = new Set(shownFaults(told).map(({field}) => field));
	if (wrong.size === 0) return undefined;
	const index = fields.findIndex((field) => wrong.has(field));
	const names = fields.filter((field) => wrong.has(field)).map(flagOf);
	return just(say(put(ui, {...told, index}).ui, `To be mended first: ${names.join(', ')}.`, 'warn'));
}

function askVm(ui: Ui, form: CreateForm): Step {
	const place = vmPlaceOf(form);
	if (place === undefined) return just(ui);
	const ticket = ui.create.ticket + 1;
	const next = put(ui, {...form, report: ticket}).ui;
	return {
		ui: say({...next, create: {...next.create, ticket}}, `Asking ${place.host}…`),
		effects: [{kind: 'ask-vm', place, ticket}],
	};
}

function write(ui: Ui, form: CreateForm): Step {
	const faulty = firstFault(ui, form);
	return faulty ?? {ui, effects: [{kind: 'write-object', object: builtOf(form).object, replace: false}]};
}

function reduceChoices(ui: Ui, form: CreateForm, list: ListState, intent: Intent, world: World): Step {
	const {items, many} = choicesOf(form, ui, world);
	const source = listOf(items, ({value}) => value, list.index);
	const height = Math.max(1, createHeight(world) - 2);
	if (isMove(intent))
		return stage(ui, form, {kind: 'choosing', list: moveBy(list, moveOf(intent), source, height, ui.times)});
	const chosen = items[locate(list, source, height).index];
	if (intent !== 'create.take' || chosen === undefined) return stage(ui, form, {kind: 'editing'});
	const taken = takeChoice(form, chosen, many);
	return many ? put(ui, taken) : goTo(ui, {...taken, stage: {kind: 'editing'}}, form.index);
}

function reduceReview(
	ui: Ui,
	form: CreateForm,
	review: CreateStage & {kind: 'review'},
	intent: Intent,
	world: World,
): Step {
	const {asked, rehearsal} = review;
	if (isMove(intent)) {
		const lines = reviewLines(rehearsal, lackingAccount(form, ui), usableWidth(world.size)).length;
		return stage(ui, form, {...review, top: scroll(ui, review.top, intent, lines, world)});
	}
	switch (intent) {
		case 'create.apply':
			return {
				ui: stage(ui, form, {kind: 'applying', asked, rehearsal}).ui,
				effects: [{kind: 'apply-object', asked, outcome: rehearsal.outcome}],
			};
		case 'create.write':
			return write(ui, form);
		default:
			return stage(ui, form, {kind: 'editing'});
	}
}

function leaveQuestion({builder}: CreateForm): Dialog {
	return {
		kind: 'leave',
		title: `Leave without the ${builders[builder].kind}?`,
		detail: ['What was typed is thrown away. Nothing was applied.'],
	};
}

function scroll(ui: Ui, top: number, intent: Parameters<typeof moveOf>[0], count: number, world: World): number {
	return scrollBy(top, moveOf(intent), count, createHeight(world), ui.times);
}

function stage(ui: Ui, form: CreateForm, next: CreateStage): Step {
	return put(ui, {...form, stage: next});
}

function put(ui: Ui, form: CreateForm): Step {
	return just({...ui, create: {...ui.create, form}});
}
