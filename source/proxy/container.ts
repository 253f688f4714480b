import {asRecord, asText, asTexts} from '../mesh/untyped.ts';
import {asNumber, asRecords, asWords, readJson} from './json.ts';

/** What makes a container what it is: two with the same of it do the same. */
export type ContainerForm = {
	readonly image: string;
	/** Arguments after the image. */
	readonly command: readonly string[];
	/** `<on the VM>:<in the container>`. */
	readonly binds: readonly string[];
	/** `<name>:<address>`. */
	readonly extraHosts: readonly string[];
	readonly network: string;
	readonly restartPolicy: string;
	/** `KEY=value`: of a command what it adds to its environment file, of a container all, those of the image too. */
	readonly environment: readonly string[];
};

/** A container as its engine tells it. */
export type Container = ContainerForm & {
	/** Id of the image that it was made of, which the image's name may have left since. */
	readonly imageId: string;
	/** `created`, `running`, `restarting`, `exited`, `paused`, `dead`. */
	readonly status: string;
	readonly exitCode: number;
	readonly restarts: number;
	/** The engine's own words when it could not start. */
	readonly error: string;
	/** Of the last start, seconds since 1970; undefined when it never was. */
	readonly startedAt: number | undefined;
};

/** Reads `docker container inspect`; undefined when there is no such container. */
export function parseContainer(stdout: string): Container | undefined {
	const [container] = asRecords(readJson(stdout));
	if (container === undefined) return undefined;
	const config = asRecord(container.Config);
	const host = asRecord(container.HostConfig);
	const state = asRecord(container.State);
	return {
		image: asText(config.Image),
		imageId: asText(container.Image),
		command: asWords(config.Cmd),
		environment: asWords(config.Env),
		binds: asWords(host.Binds).map(withoutDefaults),
		extraHosts: asWords(host.ExtraHosts),
		network: asText(host.NetworkMode),
		restartPolicy: asTexts(host.RestartPolicy).Name ?? '',
		status: asText(state.Status),
		exitCode: asNumber(state.ExitCode),
		restarts: asNumber(container.RestartCount),
		error: asText(state.Error),
		startedAt: secondsOf(asText(state.StartedAt)),
	};
}

/** podman tells of each mount what is so by default, and not its label: `<on the VM>:<in the container>:rw,rprivate,rbind`. */
function withoutDefaults(bind: string): string {
	return bind.replace(/:(?:rw|rprivate|rbind)(?:,(?:rw|rprivate|rbind))*$/, '');
}

/** The engine writes the year 1 for "never". */
function secondsOf(time: string): number | undefined {
	const seconds = Math.floor(Date.parse(time) / 1000);
	return seconds > 0 ? seconds : undefined;
}

/** A variable of the container, the last of equal names; undefined when it has none of this name. */
export function variable(container: Pick<Container, 'environment'>, name: string): string | undefined {
	return container.environment.findLast((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Where the proxy of this container dials istiod, `<host>:<port>`: the `discoveryAddress` of its PROXY_CONFIG, empty where it has none. */
export function dialledAddress(container: Pick<Container, 'environment'>): string {
	return asText(asRecord(readJson(variable(container, 'PROXY_CONFIG') ?? '')).discoveryAddress);
}

/** Reads `docker image inspect`; undefined when the image is not there. */
export function parseImage(stdout: string): {readonly id: string; readonly environment: readonly string[]} | undefined {
	const [image] = asRecords(readJson(stdout));
	return image && {id: asText(image.Id), environment: asWords(asRecord(image.Config).Env)};
}

type Field = 'binds' | 'extraHosts' | 'network' | 'restartPolicy' | 'environment' | 'other';

/** Options of `docker run` that take a value; the others that we use take none. */
const fields: Readonly<Record<string, Field>> = {
	'-v': 'binds',
	'-e': 'environment',
	'--add-host': 'extraHosts',
	'--network': 'network',
	'--restart': 'restartPolicy',
	'--name': 'other',
	'--env-file': 'other',
	'-u': 'other',
	'--userns': 'other',
};

/** What `docker run …` would make, from its words. */
export function formOf(run: readonly string[]): ContainerForm {
	const found: Record<Field, string[]> = {
		binds: [],
		extraHosts: [],
		network: [],
		restartPolicy: [],
		environment: [],
		other: [],
	};
	let index = run.indexOf('run') + 1;
	for (; run[index]?.startsWith('-') === true; index++) {
		const field = fields[run[index] ?? ''];
		if (field !== undefined) found[field].push(run[++index] ?? '');
	}
	return {
		image: run[index] ?? '',
		command: run.slice(index + 1),
		binds: found.binds,
		extraHosts: found.extraHosts,
		network: found.network[0] ?? 'default',
		restartPolicy: found.restartPolicy[0] ?? 'no',
		environment: found.environment,
	};
}
