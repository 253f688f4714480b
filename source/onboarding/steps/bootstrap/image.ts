import type {Target} from '../../../mesh/target.ts';
import {commandLine} from '../../../vm/quote.ts';
import {nameProxyFor} from '../../../vm/ways-out.ts';
import {type Exec, perform} from '../../action.ts';
import type {Outcome, Step, StepContext} from '../../step.ts';
import {dockerAnswered, dockerFailed, imageInspection, look} from './on-vm.ts';
import {unchanged} from './unchanged.ts';

/** The image is some 100 MB: a slow line needs more than the time of other steps. */
const leastSeconds = 900;

/** Pulls the proxy's image, unless the VM has it by this very reference. */
export const imageStep: Step = {
	id: 'bootstrap.image',
	phase: 'bootstrap',
	title: 'Pull the image of the proxy',
	plan: ({target}) => [pull(target)],
	*run(context) {
		const {target, facts, options} = context;
		if (facts.unchanged === true) return unchanged;
		if (!options.force) {
			const present = yield* perform(look(imageInspection(target)));
			if (present.code === 0) return {status: 'skipped', detail: `${target.image.value} is there already`};
			if (!dockerAnswered(present)) {
				return dockerFailed(context, imageInspection(target), present, 'proxy.not-running');
			}
		}
		const action = pull(target);
		const pulled = yield* perform(action);
		if (pulled.ended === 'timed-out') {
			return {
				status: 'failed',
				detail: `The pull of ${target.image.value} did not end within ${action.timeoutSeconds} s; try again: what came so far is kept.`,
			};
		}
		if (pulled.code !== 0)
			return withWayOut(context, dockerFailed(context, action.command, pulled, 'proxy.registry-unreachable'));
		const isNew = !pulled.stdout.includes('Image is up to date');
		return {
			status: 'succeeded',
			detail: `${target.image.value}${isNew ? '' : ' is up to date'}`,
			changed: isNew,
		};
	},
};

/** Where the VM has a proxy that Docker does not know of, that is why, most likely: the daemon does not read /etc/environment. */
function withWayOut({facts: {vm}, target}: StepContext, outcome: Outcome): Outcome {
	const [found, ...more] = outcome.findings ?? [];
	const proxy = vm?.waysOut.environment || vm?.waysOut.packages || '';
	if (found?.id !== 'proxy.registry-unreachable' || proxy === '') return outcome;
	if (target.runtime.value !== 'docker' || vm?.waysOut.docker !== '') return outcome;
	const text = `The VM has the proxy ${proxy}, and Docker does not know of it: name it to its service (http_proxy being its URL), or load the image from a file (--image FILE).`;
	return {...outcome, findings: [{...found, remedy: {text, command: nameProxyFor('docker')}}, ...more]};
}

function pull(target: Target): Exec & {readonly timeoutSeconds: number} {
	return {
		kind: 'exec',
		as: 'user',
		command: commandLine([target.runtime.value, 'pull', target.image.value]),
		changes: true,
		show: true,
		timeoutSeconds: Math.max(leastSeconds, target.timeoutSeconds.value),
	};
}
