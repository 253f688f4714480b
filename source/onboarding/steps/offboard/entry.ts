import {perform, type RemoveObject} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';

/**
 * Takes the entry out of the cluster, before anything is done on the VM: an endpoint of a WorkloadEntry is one for as long as that
 * is there, whether its proxy lives or not (istio, serviceentry/conversion.go), so that every request sent to it fails from the
 * moment the proxy is gone. The journal keeps the object whole, to go on after a crash and to put it back by hand.
 */
export const entryStep: Step = {
	id: 'offboard.entry',
	phase: 'offboard',
	title: 'Take the entry out of the mesh',
	plan: (context) => [remove(context)],
	*run(context) {
		const {namespace, name} = context.target.entry;
		const was = yield* perform(remove(context));
		return was
			? {status: 'succeeded', detail: `WorkloadEntry ${namespace}/${name} removed; the journal keeps it`, changed: true}
			: {status: 'skipped', detail: `there is no WorkloadEntry ${namespace}/${name} any more`};
	},
};

function remove({target: {entry}}: Pick<StepContext, 'target'>): RemoveObject {
	const resource = {group: 'networking.istio.io', resource: 'workloadentries'};
	return {kind: 'remove-object', resource, namespace: entry.namespace, name: entry.name, changes: true};
}
