import {createHash} from 'node:crypto';
import {containerCommand} from '../../../bundle/container.ts';
import {type BundleFile, bundleFiles} from '../../../bundle/files.ts';
import type {Target} from '../../../mesh/target.ts';
import {readPayload} from '../../../mesh/token.ts';
import {type Container, formOf, parseContainer, parseImage} from '../../../proxy/container.ts';
import {containerDrift} from '../../../proxy/container-drift.ts';
import {confinementCommand} from '../../../vm/confinement.ts';
import {performAll} from '../../action.ts';
import type {Outcome, Step} from '../../step.ts';
import {confinedTarget} from './confined.ts';
import {nameConflict} from './name-conflict.ts';
import {
	clockCommand,
	containerInspection,
	dockerAnswered,
	dockerFailed,
	imageInspection,
	look,
	parseStats,
	parseSums,
	payloadCommand,
	statCommand,
	sumsCommand,
} from './on-vm.ts';
import {tokenFault} from './token-fault.ts';

/**
 * What is on the VM against what bootstrap would leave there, all asked at once. Nothing is left to do when the files are equal,
 * the token serves (`tokenFault`) and the container runs with what would be started; the other steps of the phase then end skipped.
 * Whatever an interrupted run left half done shows as a difference here, so that running again completes it.
 */
export const compareStep: Step = {
	id: 'bootstrap.compare',
	phase: 'bootstrap',
	title: 'Compare the VM with what it should have',
	plan: () => [],
	*run(context) {
		const {target, options} = context;
		const files = bundleFiles(target);
		if (files.length === 0) return unknownBundle;
		const names = files.map(({name}) => name);
		const [clock, sums, stats, payload, container, image, confinement] = yield* performAll(
			look(clockCommand),
			look(
				sumsCommand(
					target,
					files.filter(hasText).map(({name}) => name),
				),
			),
			look(statCommand(target, names)),
			look(payloadCommand(target)),
			look(containerInspection(target)),
			look(imageInspection(target)),
			look(confinementCommand(target.runtime.value)),
		);
		const confined = confinedTarget(target, confinement.stdout);
		const starts = options.task !== 'bootstrap' || options.start === true;
		// Who only gets files may have no engine yet, or none that this user may ask.
		if (starts && !dockerAnswered(container)) {
			return dockerFailed(context, containerInspection(target), container, 'proxy.not-running');
		}
		const found = starts ? parseContainer(container.stdout) : undefined;
		const conflict = nameConflict(context, found);
		if (conflict !== undefined) return conflict;
		if (options.force) return {...toDo(names, ['all is replaced, as asked']), target: confined};

		const present = {sums: parseSums(sums.stdout), stats: parseStats(stats.stdout)};
		const token = tokenFault(readPayload(payload.stdout), target.entry, Number(clock.stdout.trim()));
		const faults = files.flatMap((file) => {
			const fault = hasText(file) ? contentFault(file, present.sums[file.name]) : token;
			const reason = fault ?? modeFault(file, present.stats[file.name]?.mode);
			return reason === undefined ? [] : [{name: file.name, reason}];
		});
		const stale = faults.map(({name}) => name);
		const reasons = [
			...faults.map(({reason}) => reason),
			...(starts ? drift(confined, found, files, parseImage(image.stdout)) : []),
			...(stale.length === 0 ? newerFiles(found, present.stats) : []),
		];
		return reasons.length > 0
			? {...toDo(stale, reasons), target: confined}
			: {
					status: 'succeeded',
					detail: `unchanged: ${starts ? 'files, token and container' : 'files and token'} are as they should be`,
					facts: {unchanged: true, stale: []},
					target: confined,
				};
	},
};

const unknownBundle: Outcome = {
	status: 'failed',
	detail:
		'What the VM should have is not known: the mesh, its gateway, the entry or the IP of the VM could not be read.',
};

function contentFault({name, content}: TextFile, sum: string | undefined): string | undefined {
	if (sum === undefined) return `${name} is absent`;
	return sum === createHash('sha256').update(content).digest('hex') ? undefined : `${name} differs`;
}

function modeFault({name, mode}: BundleFile, present: number | undefined): string | undefined {
	return present === undefined || present === mode
		? undefined
		: `${name} has mode ${present.toString(8)} instead of ${mode.toString(8)}`;
}

/** A container keeps the files that were there when it was started (Linux binds the file, not its name): newer ones are not in it. */
function newerFiles(
	container: Container | undefined,
	stats: Readonly<Record<string, {readonly written: number}>>,
): readonly string[] {
	const startedAt = container?.startedAt;
	if (startedAt === undefined) return [];
	return Object.entries(stats).flatMap(([name, {written}]) =>
		written > startedAt ? [`${name} was replaced after the container was started`] : [],
	);
}

function drift(
	target: Target,
	found: Container | undefined,
	files: readonly BundleFile[],
	image: ReturnType<typeof parseImage>,
): readonly string[] {
	const environment = files.filter(hasText).find(({name}) => name === 'sidecar.env')?.content ?? '';
	const wanted = formOf(containerCommand(target));
	// podman does not tell of a mount that it was labelled.
	const binds = target.runtime.value === 'podman' ? wanted.binds.map((bind) => bind.replace(/:z$/, '')) : wanted.binds;
	return containerDrift(found, {...wanted, binds}, environment, image);
}

function toDo(stale: readonly string[], reasons: readonly string[]): Outcome {
	return {status: 'succeeded', detail: reasons.join('; '), facts: {unchanged: false, stale}};
}

type TextFile = BundleFile & {readonly content: string};

function hasText(file: BundleFile): file is TextFile {
	return typeof file.content === 'string';
}
