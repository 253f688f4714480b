import {type BuilderName, builders} from '../../mesh/build/builders.ts';
import {type Built, type Draft, type DraftFault, said} from '../../mesh/build/draft.ts';
import {serviceDraftFor, sidecarDraftFor} from '../../mesh/build/for-entry.ts';
import {entryDraftFrom} from '../../mesh/build/from-vm.ts';
import {selectionLabels} from '../../mesh/labels.ts';
import type {ServiceFacts} from '../../mesh/service.ts';
import {effectiveSidecar, sidecarClaims} from '../../mesh/sidecar.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import type {Around} from '../../onboarding/objects/around.ts';
import type {VmPlace, VmReport} from '../../onboarding/objects/ask-vm.ts';
import {fieldOf, type TextField} from '../input/text-field.ts';
import type {CreateForm, CreateState} from './create-state.ts';

/** The kinds, in the order in which a VM needs them. */
export const kinds: readonly BuilderName[] = ['entry', 'sidecar', 'service', 'group'];

/** A new form: what the kind begins with, and what the entry and its surroundings say. */
export function beginForm(builder: BuilderName, create: CreateState): CreateForm {
	const begun = startOf(builder, create);
	const values = Object.keys(builders[builder].questions).map((field): [string, TextField] => [
		field,
		fieldOf(begun[field] ?? ''),
	]);
	return {
		builder,
		values: Object.fromEntries(values),
		begun,
		left: new Set(),
		index: 0,
		top: 0,
		report: undefined,
		stage: {kind: 'editing'},
	};
}

/** The form when its surroundings are known: fields in which nothing was typed say what is known now. */
export function renewForm(form: CreateForm, create: CreateState): CreateForm {
	const now = startOf(form.builder, create);
	const wanted = Object.entries(now).filter(
		([field, value]) => value !== undefined && !isTyped(form, field) && form.begun[field] !== value,
	);
	const fields = wanted.map(([field, value = '']): [string, TextField] => [field, fieldOf(value)]);
	return {
		...form,
		values: {...form.values, ...Object.fromEntries(fields)},
		begun: {...form.begun, ...Object.fromEntries(wanted)},
	};
}

function startOf(builder: BuilderName, {entry, namespace, around}: CreateState): Draft<string> {
	const {defaults} = builders[builder];
	if (entry === undefined || (builder !== 'sidecar' && builder !== 'service')) return {...defaults, namespace};
	const known = around?.namespace === entry.namespace ? around : undefined;
	return {...defaults, ...(builder === 'sidecar' ? sidecarFor(entry, known) : serviceFor(entry, known))};
}

function sidecarFor(entry: WorkloadEntry, around: Around | undefined): Draft<string> {
	return sidecarDraftFor(entry, servicesOf(entry, around)).draft;
}

function servicesOf(entry: WorkloadEntry, around: Around | undefined): readonly ServiceFacts[] {
	return (around?.services ?? []).filter(({namespace}) => namespace === entry.namespace);
}

function serviceFor(entry: WorkloadEntry, around: Around | undefined): Draft<string> {
	return serviceDraftFor(entry, effectiveSidecar(sidecarClaims(around?.sidecars ?? [], selectionLabels(entry))));
}

/** Ports of the Services around that the Sidecar of an entry could not have. */
export function portsLeftOut(form: CreateForm, {entry, around}: CreateState): readonly number[] {
	if (form.builder !== 'sidecar' || entry === undefined) return [];
	return sidecarDraftFor(entry, servicesOf(entry, around)).leftOut;
}

/** What is made for an entry is not whole before its surroundings are known. */
export function isReading({form, entry, around}: CreateState): boolean {
	return entry !== undefined && (form?.builder === 'sidecar' || form?.builder === 'service') && around === undefined;
}

/** Is a field other than it began? */
function isTyped({values, begun}: CreateForm, field: string): boolean {
	return (values[field]?.text ?? '') !== (begun[field] ?? '');
}

/** Would anything that was typed be lost? */
export function hasTyped(form: CreateForm): boolean {
	return Object.keys(form.values).some((field) => isTyped(form, field));
}

/** What the form says. */
export function draftOf({values}: CreateForm): Draft<string> {
	return Object.fromEntries(Object.entries(values).map(([field, {text}]) => [field, text]));
}

/** The field with the cursor. */
export function fieldInFocus(form: CreateForm): string {
	return Object.keys(form.values)[form.index] ?? '';
}

let last: {builder: BuilderName; values: CreateForm['values']; built: Built<string>} | undefined;

/** What the form makes; reckoned once for each change of a field. */
export function builtOf(form: CreateForm): Built<string> {
	const {builder, values} = form;
	if (last?.builder === builder && last.values === values) return last.built;
	const built = builders[builder].build(draftOf(form));
	last = {builder, values, built};
	return built;
}

/** The broken rules that are told: what is lacking only where the cursor was already. */
export function shownFaults(form: CreateForm): readonly DraftFault<string>[] {
	return builtOf(form).faults.filter(({field, missing}) => missing !== true || form.left.has(field));
}

/** Which machine the form means, as far as it says so; undefined: not yet. */
export function vmPlaceOf(form: CreateForm): VmPlace | undefined {
	const draft = draftOf(form);
	const host = said(draft, 'sshHost') || said(draft, 'address');
	const port = Number(said(draft, 'sshPort'));
	if (host === '') return undefined;
	return {host, ...(Number.isInteger(port) && port > 0 && port < 65_536 ? {port} : {})};
}

/** The form with what the VM reported: fields that were empty say it. `filled`: which ones. */
export function withReport(
	form: CreateForm,
	report: VmReport,
): {readonly form: CreateForm; readonly filled: readonly string[]} {
	const host = vmPlaceOf(form)?.host ?? '';
	const draft = draftOf(form);
	const offered = Object.entries(entryDraftFrom(host, report)).filter(([field]) => said(draft, field) === '');
	const fields = offered.map(([field, value]): [string, TextField] => [field, fieldOf(value)]);
	return {
		form: {...form, report, values: {...form.values, ...Object.fromEntries(fields)}},
		filled: offered.map(([field]) => field),
	};
}
