import type {Mesh} from '../mesh/mesh.ts';
import {adminPorts} from '../proxy/envoy-admin.ts';
import type {Engine} from './docker/engine.ts';
import {type FileTree, root} from './file-tree.ts';
import type {Shell} from './shell.ts';

/** A process that can be ended: a session's command, or one that it left running. */
export type Process = {
	readonly user: string;
	/** Number of the process that leads its group: a signal to the group reaches all of it. */
	readonly group: number;
	readonly stop: AbortController;
};

/** The application on a VM: a small HTTP service on its loopback. */
export type App = {readonly name: string; readonly port: number};

/** Lets time pass; every timer ends when the sandbox is closed. */
export type Timers = {
	/** As `pause`, at the pace of the demo: for what only takes time to be seen. */
	show(milliseconds: number, signal?: AbortSignal): Promise<void>;
	/** Resolves after so many ms, or at once when stopped. */
	pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
	/** Calls once after so many ms; returns how to call it off. */
	after(milliseconds: number, call: () => void): () => void;
};

/** A Linux machine in memory: Debian 12 as far as commands can see. */
export type Machine = {
	readonly hostname: string;
	/** Address of eth0; undefined for a container in a pod. */
	readonly address: string;
	readonly tree: FileTree;
	readonly shell: Shell;
	readonly mesh: Mesh;
	readonly timers: Timers;
	readonly app: App | undefined;
	readonly services: Map<string, {active: boolean; enabled: boolean}>;
	/** Installed packages by name, with version. */
	readonly packages: Map<string, string>;
	readonly engine: Engine;
	readonly processes: Map<number, Process>;
	/** Accounts that become root through sudo without a password. */
	readonly sudoers: readonly string[];
	counter: number;
};

/** A socket that somebody listens on. */
export type Listener = {readonly address: string; readonly port: number; readonly process: string};

/** All listening TCP sockets: sshd, the application, and what a running proxy has bound. */
export function listenersOf({app, engine}: Machine): readonly Listener[] {
	const proxies = [...engine.containers.values()].flatMap(({proxy, state}) =>
		proxy && state === 'running' ? [proxy] : [],
	);
	return [
		{address: '0.0.0.0', port: 22, process: 'sshd'},
		...(app === undefined ? [] : [{address: '127.0.0.1', port: app.port, process: app.name}]),
		...proxies.flatMap((proxy): readonly Listener[] => {
			const outcome = proxy.outcome();
			const bound =
				outcome?.kind === 'ready'
					? [...outcome.inbound, ...outcome.outbound.map(({bind, port}) => ({address: bind, port}))]
					: [];
			return [
				...adminPorts.map((port) => ({
					address: port === 15000 ? '127.0.0.1' : '0.0.0.0',
					port,
					process: port === 15020 ? 'pilot-agent' : 'envoy',
				})),
				...bound.map(({address, port}) => ({address, port, process: 'envoy'})),
			];
		}),
	];
}

export function addressesOf({address}: Machine): readonly string[] {
	return ['127.0.0.1', address];
}

/**
 * Starts the record of a process: its number, and `/proc/<number>` as long as it runs. Without a `group` it leads one of its own, as
 * what sshd and setsid(1) start.
 */
export function beginProcess(
	machine: Machine,
	user: string,
	group?: number,
): {readonly pid: number; readonly stop: AbortController; end(): void} {
	machine.counter += 1;
	const pid = 1000 + machine.counter;
	const stop = new AbortController();
	machine.processes.set(pid, {user, group: group ?? pid, stop});
	machine.tree.makeDirectory(`/proc/${pid}`, root, {umask: 0o222, parents: true});
	return {
		pid,
		stop,
		end() {
			machine.processes.delete(pid);
			machine.tree.remove(`/proc/${pid}`, root, {recursive: true});
		},
	};
}
