import {createServer, type Server} from 'node:http';
import type {Duplex} from 'node:stream';
import type {ServerChannel} from 'ssh2';
import {addressesOf, listenersOf, type Machine} from '../machine/machine.ts';
import {proxyAnswer} from '../proxy/envoy-admin.ts';

type Dial = {
	readonly accept: () => ServerChannel;
	/** Refuses with the error's text. */
	readonly refuse: (words: string) => void;
	readonly host: string;
	readonly port: number;
};

/** Whence the images come that `docker pull` gets here. */
const registry = {host: 'registry-1.docker.io', port: 443};

/** The gateway's own answer to whether it is well; never listens by itself. */
const gatewayHealth = {port: 15_021, server: createServer((_request, response) => response.end())};

/** A TCP connection that starts on the machine: to the gateway of its mesh, a registry, or what listens on the machine itself. */
export function serveTcp(machine: Machine, {accept, refuse, host, port}: Dial): void {
	const {gateway} = machine.mesh;
	if (host === registry.host && port === registry.port) return machine.mesh.accept(open(accept));
	if (host === gateway.address && port === gatewayHealth.port) {
		gatewayHealth.server.emit('connection', open(accept));
		return;
	}
	if (host === gateway.address) {
		if (!gateway.ports.includes(port)) return refuse('Connection refused');
		return machine.mesh.accept(open(accept));
	}
	const address = host === 'localhost' ? '127.0.0.1' : host;
	if (!addressesOf(machine).includes(address)) {
		return refuse(/^[\d.]+$|:/.test(host) ? 'No route to host' : 'Name or service not known');
	}
	const listening = listenersOf(machine).some(
		(listener) => listener.port === port && (listener.address === '0.0.0.0' || listener.address === address),
	);
	if (!listening) return refuse('Connection refused');
	answering(machine, port).emit('connection', open(accept));
}

function open(accept: () => ServerChannel): Duplex {
	const channel = accept();
	channel.on('error', () => channel.destroy());
	return channel;
}

/** HTTP of the application and of the proxy, spoken over the channel itself. */
function answering(machine: Machine, port: number): Server {
	const server = createServer((request, response) => {
		const proxy = [...machine.engine.containers.values()].find(({proxy}) => proxy !== undefined)?.proxy;
		const {status, body} =
			port === machine.app?.port
				? {status: 200, body: `${machine.app.name}\n`}
				: proxy === undefined
					? {status: 503, body: ''}
					: proxyAnswer(proxy, machine.mesh, port, request.url ?? '/', new Date());
		response
			.writeHead(status, {'content-type': body.startsWith('{') ? 'application/json' : 'text/plain', server: 'envoy'})
			.end(body);
	});
	// A channel is no socket: it has no timeouts of its own.
	server.requestTimeout = 0;
	server.headersTimeout = 0;
	server.keepAliveTimeout = 0;
	return server;
}
