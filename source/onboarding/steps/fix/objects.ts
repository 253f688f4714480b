import {perform} from '../../action.ts';
import type {FixOptions} from '../../fix/fix-options.ts';
import type {Step} from '../../step.ts';

/** Makes the changes in the cluster that were shown, then reads the target again: what comes after is done for what it is now. */
export const objectsStep: Step = {
	id: 'fix.objects',
	phase: 'fix',
	title: 'Change the objects in the cluster',
	plan: ({options}) => options.fix?.changes ?? [],
	*run(context) {
		const changes = context.options.fix?.changes ?? [];
		for (const change of changes) yield* perform(change);
		const detail = changes.map(nameOf).join(', ');
		if (changes.some(({kind}) => kind === 'remove-object')) return {status: 'succeeded', detail, changed: true};
		const target = yield* perform({kind: 'resolve'});
		return {status: 'succeeded', detail, changed: true, target};
	},
};

function nameOf(change: NonNullable<FixOptions['changes']>[number]): string {
	if (change.kind === 'apply-object') return `${change.object.kind} ${change.object.metadata.name} applied`;
	const {resource, name, kind} = change;
	return `${name} of ${resource.resource} ${kind === 'patch-object' ? 'changed' : 'removed'}`;
}
