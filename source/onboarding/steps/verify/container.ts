import {type Container, parseContainer} from '../../../proxy/container.ts';
import {type Procedure, perform} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {containerInspection, dockerAnswered, dockerFailed, look} from '../bootstrap/on-vm.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {explainProxy, stateOf} from './explain-proxy.ts';

/** A container that cannot run ends within a second or two of its start, and its engine starts it again. */
const watchSeconds = 2;

/** Is the container there, does it run, and does it stay so? */
export const containerStep: Step = {
	id: 'verify.container',
	phase: 'verify',
	title: 'See that the container runs',
	plan: () => [],
	*run(context) {
		const {target} = context;
		const command = containerInspection(target);
		const first = yield* perform(look(command));
		if (!dockerAnswered(first)) return dockerFailed(context, command, first, 'proxy.not-running');
		const before = parseContainer(first.stdout);
		if (before === undefined) return absent(context);
		yield* perform({kind: 'wait', seconds: watchSeconds, why: 'Watching whether the container stays'});
		const after = yield* inspected(context);
		if (after === undefined) return absent(context);
		if (after.status === 'running' && after.restarts === before.restarts) {
			return {status: 'succeeded', detail: `${target.containerName.value} runs ${after.image}`};
		}
		const found = yield* explainProxy(context, [after.error].filter(Boolean), 'proxy.not-running');
		return stoppedBy(found, {detail: `${found.summary} (${stateOf(after)})`});
	},
};

function* inspected({target}: StepContext): Procedure<Container | undefined> {
	return parseContainer((yield* perform(look(containerInspection(target)))).stdout);
}

function absent(context: StepContext) {
	const name = context.target.containerName.value;
	return stoppedBy(
		findingAbout(
			context,
			'proxy.not-running',
			[{source: containerInspection(context.target), text: 'no such container'}],
			`There is no container ${name} on the VM.`,
		),
	);
}
