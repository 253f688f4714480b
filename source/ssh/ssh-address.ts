import {exitCodes, UserError} from '../errors.ts';

/** `[user@]host[:port]`, taken apart. */
export type SshAddress = {readonly host: string; readonly port?: number; readonly user?: string};

/**
 * The host or user as given, or UserError (65). Annotations come from the cluster: a leading dash would be an option of
 * ssh(1), and spaces, quotes or control characters have no place in a name.
 */
export function checkedName(kind: 'host' | 'user', name: string): string {
	const allowed =
		kind === 'host' ? /^[\p{L}\p{N}_.:%[\]][\p{L}\p{N}_.:%[\]-]*$/u : /^[\p{L}\p{N}_.][\p{L}\p{N}_.@\\$+-]*$/u;
	if (name.length <= 255 && allowed.test(name)) return name;
	throw new UserError({
		code: 'entry.invalid',
		message: `${JSON.stringify(name)} is not a valid SSH ${kind}.`,
		exitCode: exitCodes.badData,
		hint: `Correct the annotation \`ssh-${kind}\`, the flag or the profile.`,
	});
}

/** Reads a jump host as `ssh -J` takes it: `[user@]host[:port]`, `[v6]:port` in brackets, or `ssh://…`. Throws UserError (65). */
export function parseSshAddress(text: string): SshAddress {
	const plain = text
		.trim()
		.replace(/^ssh:\/\//, '')
		.replace(/\/$/, '');
	const at = plain.lastIndexOf('@');
	const user = at === -1 ? undefined : checkedName('user', plain.slice(0, at));
	const rest = plain.slice(at + 1);
	const [, host = '', port] =
		/^\[([^\]]+)\](?::(\d+))?$/.exec(rest) ?? /^([^:]+)(?::(\d+))?$/.exec(rest) ?? /^(.*:.*:.*)$/.exec(rest) ?? [];
	return {
		host: checkedName('host', host),
		...(port === undefined ? {} : {port: checkedPort(Number(port), text)}),
		...(user === undefined ? {} : {user}),
	};
}

function checkedPort(port: number, text: string): number {
	if (port >= 1 && port <= 65_535) return port;
	throw new UserError({
		code: 'entry.invalid',
		message: `${JSON.stringify(text)} has a port outside 1–65535.`,
		exitCode: exitCodes.badData,
	});
}
