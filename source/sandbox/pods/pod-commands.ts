import {type Commands, fail, type MachineCommand, ok, parseOptions} from '../machine/command.ts';
import {shellCommands} from '../machine/commands/shells.ts';
import {listenersOf, type Machine} from '../machine/machine.ts';
import type {OutboundListener} from '../mesh/mesh.ts';
import type {HttpReply} from './service-routes.ts';

/** A container of a pod, and the mesh around it. */
export type PodWorld = {
	/** Listeners of the pod's sidecar; undefined where its traffic is redirected into it, so that it takes all. */
	readonly outbound: readonly OutboundListener[] | undefined;
	readonly vms: readonly Machine[];
	request(host: string): HttpReply;
};

type Reached =
	| {readonly kind: 'http'; readonly reply: HttpReply}
	| {readonly kind: 'open'}
	| {readonly kind: 'refused'}
	| {readonly kind: 'timed out'};

function reach({outbound, vms, request}: PodWorld, address: string, port: number, host: string): Reached {
	if (outbound === undefined && /[a-z]/i.test(address)) return {kind: 'http', reply: request(`${address}:${port}`)};
	if (address.startsWith('127.'))
		return outbound?.some((listener) => listener.bind === address && listener.port === port) === true
			? {kind: 'http', reply: request(host)}
			: {kind: 'refused'};
	const vm = vms.find((machine) => machine.address === address);
	if (vm === undefined) return {kind: 'timed out'};
	return {
		kind: listenersOf(vm).some(
			(listener) => listener.port === port && (listener.address === address || listener.address === '0.0.0.0'),
		)
			? 'open'
			: 'refused',
	};
}

/** wget of BusyBox. */
const wget =
	(world: PodWorld): MachineCommand =>
	(args) => {
		const options = parseOptions(
			args.flatMap((arg) => (arg === '-qO-' ? ['-q', '-O', '-'] : [arg])),
			['-O', '-T', '--header'],
		);
		const url = new URL(options.rest[0] ?? '', 'http://localhost');
		const port = Number(url.port || 80);
		const host =
			options
				.values('--header')
				.map((line) => /^host:\s*(.*)$/i.exec(line)?.[1])
				.find(Boolean) ?? url.host;
		const reached = reach(world, url.hostname, port, host);
		const said = options.has('-q') ? '' : `Connecting to ${url.hostname}:${port} (${url.hostname}:${port})\n`;
		if (reached.kind === 'refused')
			return fail(`${said}wget: can't connect to remote host (${url.hostname}): Connection refused`);
		if (reached.kind === 'timed out') return fail(`${said}wget: download timed out`);
		if (reached.kind === 'open') return fail(`${said}wget: error getting response: Connection reset by peer`);
		const {status, reason, body} = reached.reply;
		const head = options.has('-S')
			? `  HTTP/1.1 ${status} ${reason}\n  content-type: text/plain\n  server: envoy\n`
			: '';
		return status === 200
			? {stdout: body, stderr: said + head, exitCode: 0}
			: fail(`${said}${head}wget: server returned error: HTTP/1.1 ${status} ${reason}`);
	};

/** nc of OpenBSD, for one port. */
const nc =
	(world: PodWorld): MachineCommand =>
	(args) => {
		const {rest} = parseOptions(args, ['-w']);
		const [address = '', port = ''] = rest;
		const {kind} = reach(world, address, Number(port), address);
		return kind === 'open' || kind === 'http'
			? {stdout: '', stderr: `Connection to ${address} ${port} port [tcp/*] succeeded!\n`, exitCode: 0}
			: fail(
					`nc: connect to ${address} port ${port} (tcp) ${kind === 'refused' ? 'failed: Connection refused' : 'timed out: Operation now in progress'}`,
				);
	};

/** `pilot-agent request GET <path>`: the admin interface of the pod's sidecar. */
const pilotAgent =
	({outbound}: PodWorld): MachineCommand =>
	([verb, , path = '']) => {
		if (verb !== 'request' || !path.startsWith('listeners')) return fail(`Error: the sandbox knows no such request`);
		const bound = outbound ?? [
			{bind: '0.0.0.0', port: 15001},
			{bind: '0.0.0.0', port: 15006},
		];
		return ok(
			`${JSON.stringify({listener_statuses: bound.map(({bind, port}) => ({name: `${bind}_${port}`, local_address: {socket_address: {address: bind, port_value: port}}}))})}\n`,
		);
	};

/** Programs in the containers of the sandbox's pods: a BusyBox, and in the sidecar the agent. */
export function podCommands(world: PodWorld, container: string): Commands {
	const {sh, kill, sleep, umask, trap} = shellCommands;
	return {
		...(sh && kill && sleep && umask && trap ? {sh, kill, sleep, umask, trap} : {}),
		wget: wget(world),
		nc: nc(world),
		...(container === 'istio-proxy' ? {'pilot-agent': pilotAgent(world)} : {}),
	};
}
