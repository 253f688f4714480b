import type {Container, ContainerForm} from './container.ts';

/** Words that name what differs between the container that runs and the one that would be started; none when nothing does. */
export function containerDrift(
	container: Container | undefined,
	wanted: ContainerForm,
	/** `sidecar.env`, as `docker run --env-file` reads it. */
	environmentFile: string,
	image: {readonly id: string; readonly environment: readonly string[]} | undefined,
): readonly string[] {
	if (container === undefined) return ['there is no container'];
	if (container.status !== 'running') return [`the container is ${container.status || 'in an unknown state'}`];
	const differs: ReadonlyArray<readonly [string, boolean]> = [
		['image', container.image !== wanted.image || (image !== undefined && container.imageId !== image.id)],
		['arguments', !sameOrder(container.command, wanted.command)],
		['mounts', !sameSet(container.binds, wanted.binds)],
		['hosts entries', !sameSet(container.extraHosts, wanted.extraHosts)],
		['network', container.network !== wanted.network],
		['restart policy', container.restartPolicy !== wanted.restartPolicy],
		[
			'environment',
			!sameEnvironment(
				container.environment,
				[...environmentFile.split('\n').filter((line) => line !== ''), ...wanted.environment],
				image?.environment,
			),
		],
	];
	return differs.flatMap(([name, different]) => (different ? [`the container has another ${name}`] : []));
}

function sameOrder(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((word, index) => word === b[index]);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
	return sameOrder([...a].sort(), [...b].sort());
}

/** The image's variables with our own over them; without the image, our own must at least be there. */
function sameEnvironment(
	present: readonly string[],
	own: readonly string[],
	ofImage: readonly string[] | undefined,
): boolean {
	const found = byName(present);
	return ofImage === undefined
		? byName(own).every((line) => found.includes(line))
		: sameSet(found, byName([...ofImage, ...own]));
}

/** One line for each variable: the last of equal names wins, as it does for the process. */
function byName(lines: readonly string[]): readonly string[] {
	return [...new Map(lines.map((line) => [line.split('=')[0] ?? '', line])).values()];
}
