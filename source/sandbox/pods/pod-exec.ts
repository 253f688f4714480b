import {asRecord} from '../../mesh/untyped.ts';
import {quote} from '../../vm/quote.ts';
import {kindOf} from '../api/kinds.ts';
import type {ObjectStore} from '../api/object-store.ts';
import type {PodExec} from '../api/pod-streams.ts';
import {accountNamed} from '../machine/accounts.ts';
import {createDebian} from '../machine/debian.ts';
import {root} from '../machine/file-tree.ts';
import {beginProcess, type Machine, type Timers} from '../machine/machine.ts';
import {beginSession} from '../machine/session.ts';
import {createShell} from '../machine/shell.ts';
import type {Mesh} from '../mesh/mesh.ts';
import {podCommands} from './pod-commands.ts';
import {routeRequest} from './service-routes.ts';

/** Runs commands in the containers of the sandbox's pods. */
export function createPodExec(world: {
	readonly store: ObjectStore;
	readonly mesh: Mesh;
	readonly vms: readonly Machine[];
	readonly timers: Timers;
}): PodExec {
	const {store, mesh, vms, timers} = world;
	return async ({namespace, name, container}, command, signal) => {
		const kind = kindOf('', 'pods');
		const pod = kind && store.get(kind, namespace, name);
		const direct = pod?.metadata.annotations?.['sidecar.istio.io/interceptionMode'] === 'NONE';
		const outbound = direct ? mesh.objects().outbound(namespace, pod?.metadata.labels ?? {}) : undefined;
		const commands = podCommands({outbound, vms, request: (host) => routeRequest(host, world)}, container);
		const shell = createShell(commands);
		const address = String(asRecord(pod?.status)['podIP'] ?? '');
		const machine = createDebian({hostname: name, address, app: undefined, adminKey: '', mesh, shell, timers});
		const [program = ''] = command;
		if (machine.tree.look(`/usr/bin/${program}`, root) === undefined)
			throw new Error(`failed to exec in container: exec: "${program}": executable file not found in $PATH`);
		const account = accountNamed(machine.tree, 'root');
		if (account === undefined) throw new Error('a container without root');
		const process = beginProcess(machine, 'root');
		const session = beginSession(machine, account, {pid: process.pid, signal, sink: undefined});
		return shell.run(session, command.map(quote).join(' '), {cwd: '/'}).finally(process.end);
	};
}
