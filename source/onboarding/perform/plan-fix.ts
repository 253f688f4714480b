import {bareObject} from '../../mesh/bare-object.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import {toYaml} from '../../mesh/yaml.ts';
import {lineDiff} from '../../output/line-diff.ts';
import type {Cluster} from '../../ports.ts';
import type {Wanted} from '../event.ts';
import {chooseFix, type FixWish, findCause} from '../fix/choose-fix.ts';
import type {FixOptions} from '../fix/fix-options.ts';
import type {Change} from '../fix/known.ts';
import {lookAround} from '../objects/around.ts';
import {requireNamespace} from '../objects/rehearse.ts';
import type {Examination, RunPlan} from '../session.ts';

export type FixParts = {
	readonly cluster: Cluster;
	readonly plan: (ref: TargetRef, wanted: Wanted) => Promise<RunPlan>;
};

/** See `Session.planFix`. Throws also UserError `invalid` and `conflict`, with the server's words. */
export async function planFix(
	{cluster, plan}: FixParts,
	examination: Pick<Examination, 'record' | 'getSnapshot'>,
	wish: FixWish,
): Promise<RunPlan | undefined> {
	const record = examination.record();
	const found = findCause(record, examination.getSnapshot(), wish.id);
	if (found === undefined) return undefined;
	const namespace = record.context?.target.entry.namespace ?? '';
	const {changes, ...chosen} = chooseFix(record, found, wish, await lookAround(cluster, namespace));
	const fix = {...chosen, changes: await Promise.all(changes.map((change) => rehearsed(cluster, change)))};
	// A token that the doctor finds wanting is replaced, whatever it looks like from elsewhere.
	return plan(record.target, {task: 'fix', prepare: false, force: fix.proxy === 'renew', fix});
}

/** Asks the server, its webhooks too, what becomes of an object; nothing is kept. */
async function rehearsed(cluster: Cluster, change: Change): Promise<NonNullable<FixOptions['changes']>[number]> {
	switch (change.kind) {
		case 'remove-object':
			return change;
		case 'apply-object': {
			const {namespace} = change.object.metadata;
			if (namespace !== undefined) await requireNamespace(cluster, namespace);
			await cluster.apply(change.resource, change.object, {dryRun: true});
			return change;
		}
		case 'patch': {
			const {resource, namespace, name, change: fields} = change;
			const before = await cluster.get(resource, namespace, name);
			const after = await cluster.patch(resource, namespace, name, fields, {dryRun: true});
			const text = (object: typeof before) => (object === undefined ? '' : toYaml(bareObject(object)));
			const diff = lineDiff(text(before), text(after)).map((line) => `${line.sign} ${line.text}`);
			return {kind: 'patch-object', resource, namespace, name, change: fields, diff, changes: true};
		}
	}
}
