import {exitCodes, UserError} from '../errors.ts';
import type {SshDestination} from '../ports.ts';
import type {HostSettings} from './host-settings.ts';
import {parseSshAddress, type SshAddress} from './ssh-address.ts';

const longest = 8;

/** How a host's settings are found (`readSshConfig` with its surroundings). */
export type ReadSettings = (address: SshAddress) => Promise<HostSettings>;

/**
 * The hosts to go through, the destination last. As with `ssh -J a,b`, the first jump host may have a ProxyJump of its own in
 * ssh_config; those after it are reached from the one before. A host that is its own jump host (`Host *`) is reached directly.
 * Throws UserError for a name that is none, and for a way that turns in a circle.
 */
export async function route(destination: SshDestination, read: ReadSettings): Promise<readonly HostSettings[]> {
	const {host, port, user, jump} = destination;
	const target = await read({host, ...(port === undefined ? {} : {port}), ...(user === undefined ? {} : {user})});
	return [...(await wayTo(target, jump, read, 0)), target];
}

async function wayTo(
	target: HostSettings,
	given: readonly string[] | undefined,
	read: ReadSettings,
	depth: number,
): Promise<HostSettings[]> {
	if (depth > longest) {
		throw new UserError({
			code: 'configuration',
			message: `The jump hosts of ${target.host} lead in a circle, or are more than ${longest}.`,
			exitCode: exitCodes.configuration,
			hint: `Look at ProxyJump in \`ssh -G ${target.host}\`.`,
		});
	}
	const addresses = given ?? target.proxyJump?.split(',') ?? [];
	const jumps = await Promise.all(addresses.map((address) => read(parseSshAddress(address))));
	const others = jumps.filter((hop) => hop.host !== target.host || hop.port !== target.port);
	const [first] = others;
	return first === undefined ? [] : [...(await wayTo(first, undefined, read, depth + 1)), ...others];
}
