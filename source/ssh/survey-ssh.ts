import {existsSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {dirname, join} from 'node:path';
import {UserError} from '../errors.ts';
import type {Environment} from '../paths.ts';
import type {SshSurvey, SshWay} from '../ports.ts';
import {listAgentKeys} from './agent.ts';
import {configHosts} from './config-hosts.ts';
import type {HostSettings} from './host-settings.ts';
import {defaultIdentityFiles} from './parse-ssh-config.ts';
import {readSshConfig} from './ssh-config.ts';

/** Each host costs a start of ssh; whoever has more has named the ways to VMs among these. */
const mostHosts = 24;

/** What ssh has here: keys of the agent, key files, and the ways that `~/.ssh/config` describes. No key is read, and nothing is connected to but the agent. */
export async function surveySsh({env, home}: {readonly env: Environment; readonly home: string}): Promise<SshSurvey> {
	const user = userInfo().username;
	const problems: string[] = [];
	const settingsOf = (host: string) => readSshConfig({host}, env, home);
	const general = await settingsOf('localhost').catch((error: unknown) => {
		problems.push(error instanceof UserError ? error.message : String(error));
		return undefined;
	});
	const agent = general === undefined ? env['SSH_AUTH_SOCK'] || undefined : general.agent;
	const keyFiles = await keyPairs(home);
	const [agentKeys, hosts] = await Promise.all([agentComments(agent, problems), configHosts(home)]);
	const ways = general === undefined ? [] : waysOf(await settled(hosts.slice(0, mostHosts), settingsOf));
	return {user, agentKeys, keyFiles, ways, problems};

	function waysOf(all: readonly HostSettings[]): readonly SshWay[] {
		const hops = new Set(
			all.flatMap(({proxyJump}) => hopsOf(proxyJump).map((hop) => hop.replace(/^.*@/, '').replace(/:\d+$/, ''))),
		);
		const byWay = new Map<string, SshWay>();
		for (const {original, user: account, identityFiles, proxyJump} of all) {
			// Hosts of git and those on the way are no VMs.
			if (account === 'git' || hops.has(original)) continue;
			const way = {
				user: account === user ? undefined : account,
				key: identityFiles.find((path) => !isStandard(path, home) && existsSync(path)),
				jump: hopsOf(proxyJump),
			};
			const key = JSON.stringify(way);
			byWay.set(key, {...way, hosts: [...(byWay.get(key)?.hosts ?? []), original]});
		}
		return [...byWay.values()].toSorted((a, b) => b.hosts.length - a.hosts.length);
	}
}

function hopsOf(proxyJump: string | undefined): readonly string[] {
	return proxyJump?.split(',').map((hop) => hop.trim()) ?? [];
}

/** The answers of those that gave one: a host of which something cannot be used, such as ProxyCommand, is no proposal. */
async function settled(hosts: readonly string[], ask: (host: string) => Promise<HostSettings>) {
	const all = await Promise.allSettled(hosts.map(ask));
	return all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

async function agentComments(socket: string | undefined, problems: string[]): Promise<readonly string[]> {
	if (socket === undefined) return [];
	try {
		return (await listAgentKeys(socket)).map(({comment}) => comment);
	} catch {
		problems.push(`No ssh-agent answers at ${socket}: its keys are left out.`);
		return [];
	}
}

/** Key files of `~/.ssh` that have their public half beside them. */
async function keyPairs(home: string): Promise<SshSurvey['keyFiles']> {
	const folder = join(home, '.ssh');
	const names = new Set(await readdir(folder).catch(() => []));
	return [...names]
		.filter((name) => names.has(`${name}.pub`))
		.toSorted()
		.map((name) => ({path: join(folder, name), standard: isStandard(join(folder, name), home)}));
}

function isStandard(path: string, home: string): boolean {
	return dirname(path) === join(home, '.ssh') && defaultIdentityFiles.includes(path.replace(home, '~'));
}
