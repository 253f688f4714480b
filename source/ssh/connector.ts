import {UserError} from '../errors.ts';
import type {Connector, Prompts, SshDestination} from '../ports.ts';
import {type Connection, type ConnectOptions, connect} from './connect.ts';
import {connectionError} from './connection-error.ts';
import {hostKeyCheck} from './host-keys.ts';
import type {HostSettings, Surroundings} from './host-settings.ts';
import {identitiesFor} from './identities.ts';
import {keyType} from './key-blob.ts';
import {Passphrases, unusableKey} from './passphrases.ts';
import {remoteDial} from './remote-dial.ts';
import {remoteHost} from './remote-host.ts';
import {route} from './route.ts';
import {SharedTasks} from './shared-tasks.ts';
import {readSshConfig} from './ssh-config.ts';

type Options = Parameters<Connector['connect']>[1];

const defaultConnectSeconds = 10;
const nobody: Prompts = {ask: async () => undefined};

/**
 * The port Connector on ssh2. `env` gives SSH_AUTH_SOCK and what ssh_config refers to; `home` is where `~/.ssh` is. Passphrases that
 * were given stay in memory for its life.
 */
export function createConnector({env, home}: Pick<Surroundings, 'env' | 'home'>): Connector {
	const passphrases = new Passphrases();
	const decisions = new SharedTasks<void>();
	const taken = new Map<string, string>();
	const read = (query: Parameters<typeof readSshConfig>[0]) => readSshConfig(query, env, home);

	const open = async (
		destination: SshDestination,
		options: Options,
		hops: readonly HostSettings[],
	): Promise<Connection[]> => {
		const {prompts, signal, connectTimeoutSeconds = defaultConnectSeconds} = options;
		const connections: Connection[] = [];
		try {
			for (const hop of hops) {
				const isTarget = hop === hops.at(-1);
				const rules = {
					policy: destination.hostKeys,
					knownHosts: destination.knownHosts,
					prompts,
					decisions,
					taken,
					signal,
				};
				const explicit = {key: destination.key, others: !isTarget};
				const password = isTarget && destination.password === true;
				const via = connections.at(-1);
				const connectOptions: ConnectOptions = {
					hostKeys: await hostKeyCheck(hop, rules),
					identities: password
						? {offered: [], skipped: []}
						: await identitiesFor(hop, explicit, {home, passphrases, prompts, signal}),
					password,
					prompts,
					signal,
					seconds: connectTimeoutSeconds,
					...(via === undefined ? {} : {via: (abort) => throughJumpHost(via, hop, connectTimeoutSeconds, abort)}),
				};
				connections.push(await connect(hop, connectOptions));
			}
			return connections;
		} catch (error) {
			for (const connection of connections) connection.close();
			throw error;
		}
	};

	return {
		async connect(destination, options) {
			const hops = await route(destination, read);
			let asked = false;
			const prompts: Prompts = {
				ask: async (question, signal) => {
					const answer = await options.prompts.ask(question, signal);
					asked = answer !== undefined;
					return answer;
				},
			};
			const connections = await open(destination, {...options, prompts}, hops).catch((error: unknown) => {
				// The server may have hung up while a person looked for the answer (LoginGraceTime): what was answered is known now.
				const hungUp =
					error instanceof UserError && (error.code === 'ssh.connection-lost' || error.code === 'ssh.timeout');
				if (!asked || !hungUp) throw error;
				return open(destination, options, hops);
			});
			return remoteHost(chained(connections), async () =>
				chained(
					await open(
						again(destination),
						{
							// A password was given once already: these prompts know it.
							prompts: destination.password === true ? options.prompts : nobody,
							...(options.connectTimeoutSeconds === undefined
								? {}
								: {connectTimeoutSeconds: options.connectTimeoutSeconds}),
						},
						hops,
					),
				),
			);
		},
		async publicKey(destination) {
			const {host, port, user, key} = destination;
			const settings = await read({host, ...(port === undefined ? {} : {port}), ...(user === undefined ? {} : {user})});
			const keyring = {home, passphrases, prompts: nobody, signal: undefined};
			const {offered} = await identitiesFor(settings, {key, others: false}, keyring);
			const identity = offered[0];
			if (identity === undefined)
				throw unusableKey(`for ${settings.host}`, 'there is none in ssh-agent, in ssh_config or at the default places');
			const blob = await identity.publicKey();
			const comment = identity.comment.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
			return `${keyType(blob)} ${blob.toString('base64')} ${comment}`.trim();
		},
	};
}

/** A further connection to a host that is known by now: nothing is taken without its being recorded, or taken before. */
function again(destination: SshDestination): SshDestination {
	return {...destination, hostKeys: destination.hostKeys === 'ignore' ? 'ignore' : 'strict'};
}

/** The last connection; those that carry it close with it. */
function chained(connections: readonly Connection[]): Connection {
	const target = connections.at(-1);
	if (target === undefined) throw new Error('a route has at least its destination');
	const close = () => {
		for (const connection of connections.toReversed()) connection.close();
	};
	return {...target, close};
}

/** A stream to the next hop, made by a jump host. Throws UserError as a direct connection would. */
async function throughJumpHost(jump: Connection, hop: HostSettings, timeoutSeconds: number, signal: AbortSignal) {
	const lost = new Promise<string>((resolve) =>
		jump.client.once('close', () => resolve('the jump host closed the connection')),
	);
	const result = await remoteDial(jump.client, lost, hop.host, hop.port, {timeoutSeconds, signal});
	if (result.ok) return result.stream;
	const code = {
		refused: 'ssh.refused',
		unresolved: 'ssh.host-unresolved',
		lost: 'ssh.connection-lost',
		filtered: 'ssh.timeout',
		unreachable: 'ssh.timeout',
		prohibited: 'ssh.timeout',
	} as const;
	const attempt = {
		description: `${hop.user}@${hop.host}:${hop.port}`,
		host: hop.host,
		stage: 'dialling',
		firstBytes: '',
		negotiation: [],
		isLate: false,
		tries: 1,
	} as const;
	throw connectionError(code[result.failure], `${jump.description} (jump host): ${result.text}`, attempt);
}
