import {type Container, variable} from '../../../proxy/container.ts';
import type {Outcome, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {containerInspection} from './on-vm.ts';

/** The outcome when the container of this name is not the entry's own former proxy; then it is not touched. */
export function nameConflict(context: StepContext, container: Container | undefined): Outcome | undefined {
	if (container === undefined) return undefined;
	const {entry, containerName} = context.target;
	const name = variable(container, 'POD_NAME');
	const namespace = variable(container, 'POD_NAMESPACE');
	if (name === entry.name && namespace === entry.namespace) return undefined;
	const owner = name === undefined ? 'no proxy of the mesh' : `the proxy of ${name}.${namespace ?? ''}`;
	const text = `image ${container.image}, ${container.status}, POD_NAME=${name ?? ''}, POD_NAMESPACE=${namespace ?? ''}`;
	return stoppedBy(
		findingAbout(
			context,
			'proxy.name-conflict',
			[{source: containerInspection(context.target), text}],
			`A container named ${containerName.value} is on the VM, and it is ${owner}; it was left as it is.`,
		),
	);
}
