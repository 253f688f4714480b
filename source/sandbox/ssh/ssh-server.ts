import {timingSafeEqual} from 'node:crypto';
import {createServer, type Server as NetServer} from 'node:net';
import ssh2, {type AuthContext, type Connection, type ParsedKey} from 'ssh2';
import {accountNamed} from '../machine/accounts.ts';
import {root} from '../machine/file-tree.ts';
import type {Machine} from '../machine/machine.ts';
import {serveSession} from './serve-session.ts';
import {serveTcp} from './serve-tcp.ts';

/** sshd of a machine on a port of our own loopback. */
export type SshServer = {readonly port: number; close(): void};

/** OpenSSH's default MaxSessions. */
const maxSessions = 10;

/**
 * Starts a machine's sshd: public keys of the account's own `authorized_keys`, commands, and TCP as seen from the machine.
 * Passwords, agents, files (SFTP) and remote forwarding are refused.
 */
export async function startSshServer(machine: Machine, hostKey: string): Promise<SshServer> {
	const connections = new Set<Connection>();
	const server = new ssh2.Server({hostKeys: [hostKey], ident: 'OpenSSH_9.2p1 Debian-2+deb12u7'}, (client) => {
		connections.add(client);
		let user = '';
		let sessions = 0;
		client.on('authentication', (context) => {
			if (context.method === 'publickey' && lets(machine, context)) {
				user = context.username;
				context.accept();
			} else context.reject(['publickey']);
		});
		client.on('session', (accept, reject) => {
			if (sessions >= maxSessions) return reject();
			sessions++;
			const session = accept();
			session.once('close', () => sessions--);
			serveSession(machine, user, session);
		});
		const refuseWith = refusals(client);
		client.on('tcpip', (accept, reject, info) =>
			serveTcp(machine, {accept, refuse: (words) => refuseWith(reject, words), host: info.destIP, port: info.destPort}),
		);
		client.on('request', (_accept, reject) => reject?.());
		client.on('error', () => client.end());
		client.once('close', () => connections.delete(client));
	});
	// As sshd has it; else each small packet waits for the answer to the one before, for 40 ms.
	const door = createServer({noDelay: true}, (socket) => server.injectSocket(socket));
	const port = await listen(door);
	return {
		port,
		close() {
			for (const client of connections) client.end();
			door.close();
		},
	};
}

/** As sshd with StrictModes: the key stands in the account's file, and nobody else may write there. */
function lets({tree}: Machine, context: Extract<AuthContext, {method: 'publickey'}>): boolean {
	const account = accountNamed(tree, context.username);
	if (account === undefined) return false;
	const path = `${account.home}/.ssh/authorized_keys`;
	for (const checked of [account.home, `${account.home}/.ssh`, path]) {
		const node = tree.look(checked, root);
		if (node === undefined || (node.mode & 0o022) !== 0 || (node.uid !== account.uid && node.uid !== 0)) return false;
	}
	const keys = tree
		.readFile(path, root)
		.toString()
		.split('\n')
		.flatMap((line) => keyIn(line));
	return keys.some((key) => {
		const known = key.getPublicSSH();
		const same = known.length === context.key.data.length && timingSafeEqual(known, context.key.data);
		return (
			same &&
			(context.signature === undefined ||
				context.blob === undefined ||
				key.verify(context.blob, context.signature, context.hashAlgo) === true)
		);
	});
}

function keyIn(line: string): readonly ParsedKey[] {
	const key = ssh2.utils.parseKey(line.replace(/^.*?(?=(ssh-|ecdsa-))/, ''));
	return key instanceof Error ? [] : [key].flat();
}

function listen(server: NetServer): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			resolve(typeof address === 'object' && address !== null ? address.port : 0);
		});
	});
}

type Protocol = {channelOpenFail(channel: number, reason: number, words: string): void};

/**
 * sshd tells why it could not connect in the error's own text, from which a closed port is known from a lost way. ssh2's `reject`
 * tells nothing (lib/server.js, CHANNEL_OPEN), so the text is put in where it writes the message.
 */
function refusals(client: Connection): (reject: () => void, words: string) => void {
	const protocol = (client as unknown as {readonly _protocol: Protocol})._protocol;
	const fail = protocol.channelOpenFail.bind(protocol);
	let reason = '';
	protocol.channelOpenFail = (channel, code, words) => fail(channel, code, words || reason);
	return (reject, words) => {
		reason = words;
		reject();
		reason = '';
	};
}
