import {exitCodes, UserError} from '../../errors.ts';
import {bareObject} from '../../mesh/bare-object.ts';
import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import {mergePatch} from '../../mesh/merge-patch.ts';
import {parseManifests} from '../../mesh/parse-manifests.ts';
import {refusals} from '../../mesh/rules/refusals.ts';
import {asRecord} from '../../mesh/untyped.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Cluster, Resource} from '../../ports.ts';
import {noSuchEntry} from '../entry-not-found.ts';
import type {Rehearsal} from './rehearse.ts';

/** An entry as the server had it, and the text that a person made of it. */
export type Edit = {readonly before: KubernetesObject; readonly text: string};

const entries: Resource = {group: 'networking.istio.io', resource: 'workloadentries'};

/** The entry as the server has it now. Throws UserError `entry.not-found`, `cluster.*`. */
export async function readForEdit(cluster: Cluster, ref: TargetRef): Promise<KubernetesObject> {
	const dot = ref.lastIndexOf('.');
	const [name, namespace] = [ref.slice(0, dot), ref.slice(dot + 1)];
	const found = await cluster.get(entries, namespace, name);
	if (found === undefined) throw noSuchEntry({name, namespace}, []);
	return found;
}

/**
 * What an edit would make of the entry, as the server and its webhooks say; nothing is kept. Throws UserError: `manifest` for what is no
 * YAML, `invalid` for what Istio would refuse or for another object, `conflict` where somebody else has changed the entry meanwhile.
 */
export async function rehearseEdit(cluster: Cluster, edit: Edit): Promise<Rehearsal> {
	const before = bareObject(edit.before);
	const change = changeOf(edit);
	if (change === undefined) return {outcome: 'unchanged', before, after: before};
	const after = bareObject(await patch(cluster, edit, change, true));
	const outcome = mergePatch(before, after) === undefined ? 'unchanged' : 'configured';
	return {outcome, before, after};
}

/** Makes the edit. Throws as rehearseEdit does. */
export async function applyEdit(cluster: Cluster, edit: Edit): Promise<void> {
	const change = changeOf(edit);
	if (change !== undefined) await patch(cluster, edit, change, false);
}

/** With the version that the person saw: what others changed since is not written over. */
async function patch(cluster: Cluster, {before}: Edit, change: object, dryRun: boolean): Promise<KubernetesObject> {
	const {name, namespace, resourceVersion} = before.metadata;
	const metadata = {
		...asRecord(asRecord(change)['metadata']),
		...(resourceVersion === undefined ? {} : {resourceVersion}),
	};
	try {
		return await cluster.patch(entries, namespace, name, {...change, metadata}, {dryRun});
	} catch (error) {
		if (!(error instanceof UserError) || error.code !== 'conflict') throw error;
		throw new UserError({
			code: error.code,
			message: `The entry ${name} was changed by somebody else meanwhile.`,
			hint: 'Edit it again: what is there now is read anew.',
			exitCode: error.exitCode,
			evidence: error.evidence,
			cause: error,
		});
	}
}

function changeOf({before, text}: Edit): object | undefined {
	const {name, namespace = ''} = before.metadata;
	const [manifest, ...more] = parseManifests('the edited text', text, namespace);
	if (manifest === undefined || more.length > 0) throw invalid('The edited text holds more than one object.');
	const {object} = manifest;
	if (object.kind !== 'WorkloadEntry' || object.metadata.name !== name || object.metadata.namespace !== namespace)
		throw invalid(`The edited text is another object: kind, name and namespace must stay, ${name} in ${namespace}.`);
	const {faults, hosts, address} = refusals(object);
	const [fault, ...others] = [...faults, ...address, ...hosts];
	if (fault !== undefined)
		throw invalid(
			`${fault.field}: ${fault.rule}${others.length === 0 ? '' : ` (and ${others.length} more)`}.`,
			[fault, ...others].map(({field, value, rule}) => ({source: field, text: `${JSON.stringify(value)} ${rule}`})),
		);
	const patchOfAll = mergePatch(comparable(before), comparable(object));
	return patchOfAll === undefined ? undefined : asRecord(patchOfAll);
}

/** What a person may change; labels and annotations are taken out one by one, since some are not shown. */
function comparable(object: KubernetesObject): object {
	const {metadata, spec = {}} = bareObject(object);
	const {labels = {}, annotations = {}} = metadata;
	return {metadata: {labels, annotations}, spec};
}

function invalid(message: string, evidence: UserError['evidence'] = []): UserError {
	return new UserError({
		code: 'invalid',
		message,
		hint: 'Edit it again; nothing was applied.',
		exitCode: exitCodes.badData,
		evidence,
	});
}
