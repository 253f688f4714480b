import {startProxy} from '../../proxy/proxy.ts';
import {parseOptions} from '../command.ts';
import {type Credentials, root} from '../file-tree.ts';
import {addressesOf, listenersOf, type Machine} from '../machine.ts';
import {type Container, hash, type Image} from './engine.ts';

const valued = [
	'--name',
	'--restart',
	'--network',
	'--net',
	'-v',
	'--volume',
	'--env-file',
	'-e',
	'--env',
	'--add-host',
	'-u',
	'--user',
	'--entrypoint',
	'--label',
	'-l',
	'--cap-add',
	'-w',
];

/** Where `docker run` is typed, and by whom. */
export type Caller = {readonly machine: Machine; readonly who: Credentials; readonly cwd: string};

export type RunWords = ReturnType<typeof parseOptions> & {readonly image: string; readonly command: readonly string[]};

/** Takes the words after `docker run` apart. */
export function readRun(args: readonly string[]): RunWords {
	const options = parseOptions(args, valued, {leading: true});
	const [image = '', ...command] = options.rest;
	return {...options, image, command};
}

/** Makes a container from the words of `docker run`. Throws an error with docker's words. */
export function createContainer(words: RunWords, image: Image, caller: Caller): Container {
	const {machine} = caller;
	machine.counter += 1;
	const files = words.values('--env-file').flatMap((path) => environmentOf(path, caller));
	const now = new Date();
	return {
		id: hash(`${machine.hostname} ${machine.counter} ${now.toISOString()}`),
		name: words.value('--name') ?? `container_${machine.counter}`,
		image,
		command: words.command,
		environment: [...files, ...words.values('-e'), ...words.values('--env'), ...image.environment],
		binds: [...words.values('-v'), ...words.values('--volume')],
		extraHosts: words.values('--add-host'),
		network: words.value('--network', '--net') ?? 'default',
		restartPolicy: words.value('--restart') ?? 'no',
		user: words.value('-u', '--user') ?? '',
		createdAt: now,
		state: 'created',
		exitCode: 0,
		startedAt: undefined,
		finishedAt: undefined,
		restarts: 0,
		log: [],
		proxy: undefined,
	};
}

/** Lines `KEY=value` as they are; others are names of variables to take over, or comments. */
function environmentOf(path: string, {machine, who, cwd}: Caller): readonly string[] {
	const whole = path.startsWith('/') ? path : `${cwd}/${path}`;
	const node = machine.tree.look(whole, who);
	if (node === undefined) throw new Error(`open ${path}: no such file or directory`);
	return machine.tree
		.readFile(whole, who)
		.toString()
		.split('\n')
		.filter((line) => line.includes('=') && !line.startsWith('#'));
}

/** Starts a container's proxy; what it mounts is read when it reads it. */
export function startContainer(machine: Machine, container: Container): void {
	const mounted = (inside: string) => {
		const source = container.binds.find((bind) => bind.split(':')[1] === inside)?.split(':')[0];
		const node = source === undefined ? undefined : machine.tree.look(source, root);
		if (source === undefined || node === undefined) return {fault: 'no such file or directory'};
		return node.kind === 'file' ? {text: machine.tree.readFile(source, root).toString()} : {fault: 'is a directory'};
	};
	// The engine makes a directory of what is to be mounted and is not there.
	for (const bind of container.binds) {
		const [source = ''] = bind.split(':');
		if (machine.tree.look(source, root) === undefined)
			machine.tree.makeDirectory(source, root, {umask: 0o022, parents: true});
	}
	const takenPorts = listenersOf(machine)
		.filter(({address}) => address !== '127.0.0.1')
		.map(({port}) => port);
	container.state = 'running';
	container.startedAt = new Date();
	const proxy = startProxy(
		{
			environment: new Map(
				container.environment.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
			),
			mounted,
			hosts: new Map(
				container.extraHosts.map((host) => [
					host.slice(0, host.lastIndexOf(':')),
					host.slice(host.lastIndexOf(':') + 1),
				]),
			),
			addresses: addressesOf(machine),
			takenPorts,
		},
		{
			mesh: machine.mesh,
			now: () => new Date(),
			log: (line) => {
				container.log.push(line);
				// As a log driver with a limit would: the beginning of a long life is forgotten.
				if (container.log.length > 2000) container.log.splice(0, 1000);
			},
			after: machine.timers.after,
			exited: (code) => stopContainer(container, code),
		},
	);
	container.proxy = proxy;
}

export function stopContainer(container: Container, exitCode = 0): void {
	container.proxy?.stop();
	container.proxy = undefined;
	if (container.state === 'running') container.finishedAt = new Date();
	container.state = 'exited';
	container.exitCode = exitCode;
}
