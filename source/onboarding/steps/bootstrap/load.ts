import {fullImageName} from '../../../mesh/same-image.ts';
import type {Target} from '../../../mesh/target.ts';
import type {ImageArchive} from '../../../ports.ts';
import {commandLine} from '../../../vm/quote.ts';
import {type Feed, perform} from '../../action.ts';
import type {Phase} from '../../event.ts';
import type {Outcome, Step, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {dockerAnswered, dockerFailed, imageInspection, look} from './on-vm.ts';
import {unchanged} from './unchanged.ts';

/**
 * `--image FILE`: loads the proxy's image over SSH into the engine, for a VM that reaches no registry, unless it is there. It goes from
 * the file through the connection into the engine, which unpacks it as it comes: there is no copy on the VM.
 */
export function loadStep(phase: Phase): Step {
	return {
		id: `${phase}.image`,
		phase,
		title: "Load the proxy's image from a file",
		plan: ({target, options}) => (options.image === undefined ? [] : [load(target, options.image)]),
		*run(context) {
			const {target, facts, options} = context;
			if (facts.unchanged === true || options.image === undefined) return unchanged;
			const image = target.image.value;
			const present = yield* perform(look(imageInspection(target)));
			if (present.code === 0 && !(options.force && phase === 'bootstrap')) {
				return {status: 'skipped', detail: `${image} is there already`};
			}
			if (!dockerAnswered(present)) return dockerFailed(context, imageInspection(target), present, 'proxy.not-running');
			const archive = yield* perform({kind: 'read-image', from: options.image});
			const unfit = unfitFor(context, options.image, archive);
			if (unfit !== undefined) return unfit;
			const action = load(target, options.image);
			const loaded = yield* perform(action);
			if (loaded.ended === 'timed-out') {
				return {status: 'failed', detail: `${options.image} was not loaded within the time limit (--timeout).`};
			}
			if (loaded.code !== 0) return dockerFailed(context, action.command, loaded, 'proxy.image-not-found');
			const after = yield* perform(look(imageInspection(target)));
			if (after.code !== 0) {
				const words = loaded.stdout.trim().split('\n').at(-1) ?? '';
				return {status: 'failed', detail: `The file was loaded, and yet there is no ${image}: ${words}`, changed: true};
			}
			return {status: 'succeeded', detail: `${image}, from ${options.image}`, changed: true};
		},
	};
}

/** The name must be the one that the container is started with, and the processor the VM's. */
function unfitFor(
	context: StepContext,
	file: string,
	{names, format, architecture}: ImageArchive,
): Outcome | undefined {
	const {target, facts} = context;
	const image = target.image.value;
	const wanted = fullImageName(image);
	// A tag alone, as skopeo writes it into an OCI layout, cannot be told from another image's.
	if (!names.some((name) => fullImageName(name) === wanted)) {
		const held = names.length === 0 ? 'an image without a name' : names.join(', ');
		return {
			status: 'failed',
			detail: `${file} holds ${held}, and the proxy needs ${image}: save that one, by its name (${target.runtime.value} save -o FILE ${image}), or name the other with the annotation sidecar.istio.io/proxyImage.`,
		};
	}
	const own = facts.vm?.docker.architecture ?? '';
	if (architecture !== '' && own !== '' && architecture !== own) {
		const summary = `${file} holds ${image} for ${architecture}, and the VM is ${own}.`;
		return stoppedBy(
			findingAbout(
				context,
				'vm.arch-mismatch',
				[{source: file, text: `architecture ${architecture}, ${format} archive`}],
				summary,
			),
		);
	}
	return undefined;
}

function load({runtime}: Target, from: string): Feed {
	return {kind: 'feed', from, command: commandLine([runtime.value, 'load']), changes: true};
}
