import {join} from 'node:path';
import {exitCodes, UserError} from '../errors.ts';
import type {HostSettings, Surroundings} from './host-settings.ts';

/** What ssh offers without being told: ssh_config(5), IdentityFile; the hardware-key names are left out: they cannot be used here anyway. */
export const defaultIdentityFiles = ['id_rsa', 'id_ecdsa', 'id_ed25519', 'id_dsa'].map((name) => `~/.ssh/${name}`);

/** Reads the output of `ssh -G` (`keyword value` lines, keywords in lower case); empty output: OpenSSH's defaults. */
export function parseSshConfig(
	output: string,
	query: {host: string; port?: number; user?: string},
	surroundings: Surroundings,
): HostSettings {
	const values = new Map<string, string[]>();
	for (const line of output.split('\n')) {
		const space = line.indexOf(' ');
		if (space === -1) continue;
		const keyword = line.slice(0, space).toLowerCase();
		values.set(keyword, [...(values.get(keyword) ?? []), line.slice(space + 1).trim()]);
	}
	const one = (keyword: string) => values.get(keyword)?.[0];
	refuseProxyCommand(one('proxycommand'), query.host);
	const host = one('hostname') ?? query.host;
	const port = query.port ?? Number(one('port') ?? 22);
	const user = query.user ?? one('user') ?? surroundings.localUser;
	const path = (text: string) => expand(text, {...surroundings, host, port, user, original: query.host});
	const paths = (keyword: string, fallback: readonly string[]) =>
		(values.get(keyword) ?? [fallback.join(' ')])
			.flatMap(words)
			.filter((word) => word !== 'none')
			.map(path);
	const jump = one('proxyjump');
	return {
		original: query.host,
		host,
		port,
		user,
		identityFiles: [
			...new Set(
				(values.get('identityfile') ?? defaultIdentityFiles)
					.filter((file) => file !== 'none')
					.map(unquoted)
					.map(path),
			),
		],
		identitiesOnly: one('identitiesonly') === 'yes',
		agent: agentSocket(one('identityagent'), path, surroundings.env),
		proxyJump: jump === 'none' ? undefined : jump,
		userKnownHosts: paths('userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
		globalKnownHosts: paths('globalknownhostsfile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
		hostKeyAlias: one('hostkeyalias'),
		hashKnownHosts: one('hashknownhosts') === 'yes',
	};
}

function refuseProxyCommand(command: string | undefined, host: string): void {
	if (command === undefined || command === 'none') return;
	throw new UserError({
		code: 'configuration',
		message: `The SSH configuration reaches ${host} through ProxyCommand, which meshboard does not run.`,
		exitCode: exitCodes.configuration,
		hint: 'Use ProxyJump, or give the jump hosts with `--jump`.',
		evidence: [{source: `ssh -G ${host}`, text: `proxycommand ${command}`}],
	});
}

/** IdentityAgent: a path, `none`, `SSH_AUTH_SOCK` or `$VARIABLE`; absent: `$SSH_AUTH_SOCK`. */
function agentSocket(value: string | undefined, path: (text: string) => string, env: Surroundings['env']) {
	if (value === 'none') return undefined;
	if (value === undefined || value === 'SSH_AUTH_SOCK') return env['SSH_AUTH_SOCK'] || undefined;
	if (/^\$\w+$/.test(value)) return env[value.slice(1)] || undefined;
	return path(unquoted(value));
}

/** The files of a list. `ssh -G` drops their quotes, so a space divides only where another path can begin. */
function words(text: string): string[] {
	return text.split(/ +(?=[/~%$"])/).map(unquoted);
}

function unquoted(word: string): string {
	return word.replace(/^"(.*)"$/, '$1');
}

type Tokens = Surroundings & {host: string; port: number; user: string; original: string};

/** `~`, `${VARIABLE}` and the %-tokens of file names (ssh_config(5), TOKENS), which `ssh -G` prints as they are. */
function expand(text: string, tokens: Tokens): string {
	const values: Record<string, string> = {
		'%': '%',
		d: tokens.home,
		h: tokens.host,
		n: tokens.original,
		p: String(tokens.port),
		r: tokens.user,
		u: tokens.localUser,
	};
	const filled = text
		.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => tokens.env[name] ?? whole)
		.replaceAll(/%(.)/g, (whole, letter: string) => values[letter] ?? whole);
	if (filled === '~' || filled.startsWith('~/')) return join(tokens.home, filled.slice(1));
	const inSystemHome = filled.startsWith(`${tokens.systemHome}/`) && tokens.home !== tokens.systemHome;
	return inSystemHome ? join(tokens.home, filled.slice(tokens.systemHome.length)) : filled;
}
