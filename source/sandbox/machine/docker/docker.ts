import {gunzipSync} from 'node:zlib';
import {proxyAnswer} from '../../proxy/envoy-admin.ts';
import {groupNamed} from '../accounts.ts';
import {fail, type Io, type MachineCommand, ok, parseOptions, type Result} from '../command.ts';
import {type Container, hash, imageOf, registryHas} from './engine.ts';
import {renderTemplate} from './go-template.ts';
import {inspectContainer, inspectImage} from './inspect.ts';
import {createContainer, readRun, startContainer, stopContainer} from './run.ts';

const version = '20.10.24';
const socket = 'unix:///var/run/docker.sock';

/** The command `docker` of Debian's package docker.io, as far as onboarding a VM needs it and a person would look. */
export const docker: MachineCommand = (args, io) => {
	const [first = '', second = '', ...rest] = args;
	if (first === '--version' || first === '-v') return ok(`Docker version ${version}+dfsg1, build 297e128\n`);
	const grouped = first === 'container' || first === 'image';
	const verb = grouped ? `${first} ${second}` : first;
	const words = grouped ? rest : args.slice(1);
	const command = verbs[verb] ?? verbs[verb.replace(/^container /, '')];
	if (command === undefined) return fail(`docker: '${first}' is not a docker command.\nSee 'docker --help'`);
	const denied = refusal(io);
	if (denied !== undefined)
		return verb === 'version' && !words.some((word) => /^(-f|--format)/.test(word))
			? {...denied, stdout: `Client:\n Version:           ${version}+dfsg1\n`}
			: denied;
	try {
		return command(words, io);
	} catch (error) {
		return fail(`docker: ${error instanceof Error ? error.message : String(error)}.`, 125);
	}
};

/** Who is neither root nor, since this session began, in group docker, may not talk to the engine. */
function refusal({machine, session}: Io): Result | undefined {
	const group = groupNamed(machine.tree, 'docker');
	const {who} = session.eyes;
	if (who.uid !== 0 && (group === undefined || !who.gids.includes(group.gid)))
		return fail(
			`Got permission denied while trying to connect to the Docker daemon socket at ${socket}: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/version": dial unix /var/run/docker.sock: connect: permission denied`,
		);
	if (machine.services.get('docker')?.active !== true)
		return fail(`Cannot connect to the Docker daemon at ${socket}. Is the docker daemon running?`);
	return undefined;
}

const pull: MachineCommand = async (args, io) => {
	const {rest} = parseOptions(args);
	const name = rest[0] ?? '';
	const reference = /:[^/]+$/.test(name) ? name : `${name}:latest`;
	if (!registryHas(reference, io.machine.mesh.version))
		return fail(`Error response from daemon: manifest for ${reference} not found: manifest unknown: manifest unknown`);
	const tag = reference.split(':').at(-1) ?? '';
	const image = imageOf(reference);
	const say = async (line: string, pause = 90) => {
		io.print(`${line}\n`);
		await io.machine.timers.show(pause, io.signal);
	};
	await say(`${tag}: Pulling from ${reference.split('/').slice(1).join('/').replace(/:.*/, '')}`);
	if (!io.machine.engine.images.has(reference)) {
		const layers = [1, 2, 3, 4, 5].map((number) => hash(`${reference} ${number}`).slice(0, 12));
		for (const layer of layers) await say(`${layer}: Pulling fs layer`, 20);
		for (const layer of layers) {
			await say(`${layer}: Verifying Checksum`);
			await say(`${layer}: Download complete`);
		}
		for (const layer of layers) await say(`${layer}: Pull complete`);
	}
	if (io.signal?.aborted) return fail('context canceled');
	const isNew = !io.machine.engine.images.has(reference);
	io.machine.engine.images.set(reference, image);
	await say(`Digest: ${image.id}`, 20);
	await say(`Status: ${isNew ? 'Downloaded newer image for' : 'Image is up to date for'} ${reference}`, 20);
	return ok(`${reference}\n`);
};

/** `docker load` of an archive of `docker save`, which is looked through for the names that it gives. */
const load: MachineCommand = (_args, io) => {
	const bytes = Buffer.from(io.stdin, 'latin1');
	const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1');
	const names = /"RepoTags":(\[[^\]]*\])/.exec(text)?.[1];
	if (names === undefined)
		return fail('open /var/lib/docker/tmp/docker-import-1/manifest.json: no such file or directory');
	return ok(
		(JSON.parse(names) as string[])
			.map((name) => {
				const reference = name.split('/').length < 3 ? `docker.io/${name}` : name;
				io.machine.engine.images.set(reference, imageOf(reference));
				return `Loaded image: ${name}\n`;
			})
			.join(''),
	);
};

const run: MachineCommand = async (args, io) => {
	const words = readRun(args);
	const {containers, images} = io.machine.engine;
	const reference = /:[^/]+$/.test(words.image) ? words.image : `${words.image}:latest`;
	const taken = containers.get(words.value('--name') ?? '');
	if (taken !== undefined)
		return fail(
			`docker: Error response from daemon: Conflict. The container name "/${taken.name}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.\nSee 'docker run --help'.`,
			125,
		);
	const pulled: string[] = [];
	if (!images.has(reference)) {
		const result = await pull([reference], {...io, print: (text) => void pulled.push(text)});
		if (result.exitCode !== 0)
			return {
				...result,
				stderr: `Unable to find image '${reference}' locally\n${result.stderr.replace(/^/, 'docker: ')}`,
				exitCode: 125,
			};
		pulled.unshift(`Unable to find image '${reference}' locally\n`);
	}
	const container = createContainer(words, images.get(reference) ?? imageOf(reference), {
		machine: io.machine,
		who: io.session.eyes.who,
		cwd: io.cwd,
	});
	containers.set(container.name, container);
	startContainer(io.machine, container);
	return {stdout: `${container.id}\n`, stderr: pulled.join(''), exitCode: 0};
};

function find(io: Io, name: string): Container | undefined {
	const {containers} = io.machine.engine;
	return containers.get(name) ?? [...containers.values()].find(({id}) => name.length >= 4 && id.startsWith(name));
}

/** Does something with each container that is named; missing ones are told as the daemon does. */
function forEach(act: (container: Container, io: Io, args: readonly string[]) => string | undefined): MachineCommand {
	return (args, io) => {
		const {rest} = parseOptions(args, ['-t', '--time', '-s', '--signal']);
		let stdout = '';
		const errors = rest.flatMap((name) => {
			const container = find(io, name);
			if (container === undefined) return [`Error: No such container: ${name}`];
			const error = act(container, io, args);
			if (error === undefined) stdout += `${name}\n`;
			return error === undefined ? [] : [error];
		});
		return {stdout, stderr: errors.map((error) => `${error}\n`).join(''), exitCode: errors.length === 0 ? 0 : 1};
	};
}

const remove = forEach((container, io, args) => {
	if (container.state === 'running' && !args.some((arg) => /^(-f|--force|-fv|-vf)$/.test(arg)))
		return `Error response from daemon: You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`;
	stopContainer(container);
	io.machine.engine.containers.delete(container.name);
	return undefined;
});

function inspect(what: 'container' | 'image' | 'any'): MachineCommand {
	return (args, io) => {
		const options = parseOptions(args, ['-f', '--format', '--type']);
		const format = options.value('-f', '--format');
		const found = options.rest.map((name) => {
			const container = what === 'image' ? undefined : find(io, name);
			const image = what === 'container' ? undefined : imageNamed(io, name);
			return container !== undefined
				? inspectContainer(container)
				: image === undefined
					? undefined
					: inspectImage(image);
		});
		const kind = {container: 'container', image: 'image', any: 'object'}[what];
		const missing = options.rest
			.filter((_, index) => found[index] === undefined)
			.map((name) => `Error: No such ${kind}: ${name}\n`);
		const there = found.filter((value) => value !== undefined);
		const stdout =
			format === undefined
				? `${JSON.stringify(there, undefined, 4)}\n`
				: there.map((value) => `${renderTemplate(format, value)}\n`).join('') || '\n';
		return {stdout, stderr: missing.join(''), exitCode: missing.length === 0 ? 0 : 1};
	};
}

function imageNamed(io: Io, name: string) {
	const {images} = io.machine.engine;
	return (
		images.get(name) ??
		images.get(`${name}:latest`) ??
		[...images.values()].find(({id}) => id === name || (name.length >= 12 && id.startsWith(`sha256:${name}`)))
	);
}

const ps: MachineCommand = (args, io) => {
	const options = parseOptions(args, ['--filter', '-f', '--format', '-n']);
	const filters = [...options.values('--filter'), ...options.values('-f')];
	const shown = [...io.machine.engine.containers.values()].filter(
		(container) =>
			(options.has('-a', '--all') || container.state === 'running') &&
			filters.every(
				(filter) => !filter.startsWith('name=') || container.name.includes(filter.slice(5).replace(/^\^?\/?|\$$/g, '')),
			),
	);
	const idOf = ({id}: Container) => (options.has('--no-trunc') ? id : id.slice(0, 12));
	if (options.has('-q', '--quiet')) return ok(shown.map((container) => `${idOf(container)}\n`).join(''));
	const rows = shown.map((container) => ({
		ID: idOf(container),
		Image: container.image.reference,
		Command: '"/usr/local/bin/pilot…"',
		Status: container.state === 'running' ? 'Up Less than a minute' : `Exited (${container.exitCode})`,
		State: container.state,
		Names: container.name,
	}));
	const format = options.value('--format');
	if (format !== undefined) return ok(rows.map((row) => `${renderTemplate(format, row)}\n`).join(''));
	return ok(
		[
			'CONTAINER ID   IMAGE   COMMAND   STATUS   NAMES',
			...rows.map((row) => `${row.ID}   ${row.Image}   ${row.Command}   ${row.Status}   ${row.Names}`),
			'',
		].join('\n'),
	);
};

const logs: MachineCommand = async (args, io) => {
	const options = parseOptions(args, ['--tail', '-n', '--since', '--until']);
	const container = find(io, options.rest[0] ?? '');
	if (container === undefined) return fail(`Error: No such container: ${options.rest[0] ?? ''}`);
	const since = startOf(options.value('--since'));
	const known = container.log.filter((line) => Date.parse(line.split('\t')[0] ?? '') >= since);
	const tail = options.value('--tail', '-n');
	const count = tail === undefined || tail === 'all' ? known.length : Number(tail);
	const lines = known.slice(Math.max(0, known.length - count));
	const times = options.has('-t', '--timestamps');
	const text = (line: string) => `${times ? `${line.split('\t')[0] ?? ''} ` : ''}${line}\n`;
	if (!options.has('-f', '--follow')) return ok(lines.map(text).join(''));
	io.print(lines.map(text).join(''));
	// It ends with the container, also where that is started again.
	const {startedAt} = container;
	const goesOn = () => container.state === 'running' && container.startedAt === startedAt;
	for (let seen = container.log.length; !io.signal?.aborted && goesOn(); ) {
		await io.machine.timers.pause(100, io.signal);
		if (!goesOn()) break;
		// The log may have been cut meanwhile.
		seen = Math.min(seen, container.log.length);
		io.print(container.log.slice(seen).map(text).join(''));
		seen = container.log.length;
	}
	return ok();
};

/** `--since`: seconds back from now, or a time; without it the beginning. In ms since 1970. */
function startOf(since: string | undefined): number {
	if (since === undefined) return 0;
	const seconds = /^(\d+)s$/.exec(since)?.[1];
	return seconds === undefined ? Date.parse(since) : Date.now() - Number(seconds) * 1000;
}

const exec: MachineCommand = (args, io) => {
	const {rest} = parseOptions(args, ['-u', '--user', '-e', '-w'], {leading: true});
	const [name = '', ...words] = rest;
	const container = find(io, name);
	if (container === undefined) return fail(`Error: No such container: ${name}`);
	if (container.proxy === undefined)
		return fail(`Error response from daemon: Container ${container.id} is not running`);
	if (words[0] === 'pilot-agent' && words[1] === 'request') {
		const {body, status} = proxyAnswer(
			container.proxy,
			io.machine.mesh,
			15000,
			`/${(words[3] ?? '').replace(/^\//, '')}`,
			new Date(),
		);
		return status === 200 ? ok(body) : fail(`Error: received unsuccessful status code ${status}: ${body}`);
	}
	if (words[0] === 'id') return ok(words.includes('-u') ? '0\n' : 'uid=0(root) gid=0(root) groups=0(root)\n');
	return fail(
		`OCI runtime exec failed: exec failed: unable to start container process: exec: "${words[0] ?? ''}": executable file not found in $PATH: unknown`,
		126,
	);
};

const removeImage: MachineCommand = ({0: name = ''}, {machine: {engine}}) => {
	const user = [...engine.containers.values()].find(({image}) => image.reference === name);
	if (user !== undefined) {
		return fail(
			`Error response from daemon: conflict: unable to remove repository reference "${name}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${user.image.id.slice(7, 19)}`,
		);
	}
	return engine.images.delete(name) ? ok(`Untagged: ${name}\n`) : fail(`Error: No such image: ${name}`);
};

const formatted =
	(whole: Readonly<Record<string, unknown>>, plain: string): MachineCommand =>
	(args) => {
		const format = parseOptions(args, ['-f', '--format']).value('-f', '--format');
		return ok(format === undefined ? plain : `${renderTemplate(format, whole)}\n`);
	};

const verbs: Readonly<Record<string, MachineCommand>> = {
	version: formatted(
		{
			Client: {Version: `${version}+dfsg1`, ApiVersion: '1.41', Os: 'linux', Arch: 'amd64'},
			Server: {Version: `${version}+dfsg1`, ApiVersion: '1.41', Os: 'linux', Arch: 'amd64'},
		},
		`Client:\n Version:           ${version}+dfsg1\nServer:\n Engine:\n  Version:          ${version}+dfsg1\n`,
	),
	info: formatted(
		{
			ServerVersion: `${version}+dfsg1`,
			Architecture: 'x86_64',
			OSType: 'linux',
			DockerRootDir: '/var/lib/docker',
			Driver: 'overlay2',
			OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
			NCPU: 2,
			SecurityOptions: ['name=apparmor', 'name=seccomp,profile=default', 'name=cgroupns'],
			RegistryConfig: {Mirrors: [], InsecureRegistryCIDRs: ['127.0.0.0/8']},
		},
		` Server Version: ${version}+dfsg1\n Storage Driver: overlay2\n Docker Root Dir: /var/lib/docker\n`,
	),
	pull,
	run,
	rm: remove,
	inspect: inspect('any'),
	'container inspect': inspect('container'),
	'image inspect': inspect('image'),
	'image pull': pull,
	load,
	'image rm': removeImage,
	ps,
	'container ls': ps,
	logs,
	exec,
	stop: forEach((container) => void stopContainer(container, 0)),
	kill: forEach((container) => void stopContainer(container, 137)),
	start: forEach((container, {machine}) => {
		if (container.state !== 'running') startContainer(machine, container);
		return undefined;
	}),
	restart: forEach((container, {machine}) => {
		stopContainer(container);
		startContainer(machine, container);
		return undefined;
	}),
	images: (_, io) =>
		ok(
			[...io.machine.engine.images.values()]
				.map(({reference, id}) => `${reference.replace(':', '   ')}   ${id.slice(7, 19)}\n`)
				.join(''),
		),
	rmi: removeImage,
};
