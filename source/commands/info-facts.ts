import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {openKubeconfig, openProfiles} from '../compose.ts';
import {UserError} from '../errors.ts';
import {setting} from '../mesh/settings.ts';
import {cacheFolder, type Environment, homeFolder, stateFolder} from '../paths.ts';
import type {Profile} from '../ports.ts';
import {settingNames} from '../profile-settings.ts';
import {type ConnectionFlags, chooseProfile, flagsAsProfile, type GlobalFlags} from './flags.ts';
import type {InfoOutput} from './machine-output.ts';
import {version} from './version.ts';

type Flags = GlobalFlags & ConnectionFlags;

/** Throws UserError for a profile that is named and not there; what is damaged is told among the rest, since this is where one looks then. */
export async function readInfo(flags: Flags, env: Environment): Promise<InfoOutput> {
	const chosen = choose(flags, env);
	const settings = {flags: flagsAsProfile(flags), profile: 'problem' in chosen ? {} : chosen.profile};
	const {execPath, platform, arch, version: node} = process;
	return {
		version,
		node: {version: node, path: execPath, platform, arch},
		paths: await pathsOf(settings, env),
		profile: 'problem' in chosen ? chosen : {...named(flags, env, chosen.name), settings: settingsOf(settings)},
		cluster: await clusterOf(settings, env),
	};
}

type Settings = {readonly flags: Profile; readonly profile: Profile};

function choose(flags: Flags, env: Environment): {name: string; profile: Profile} | {problem: string} {
	try {
		return chooseProfile(flags, env, openProfiles(env));
	} catch (error) {
		if (error instanceof UserError && error.code.startsWith('config')) return {problem: error.message};
		throw error;
	}
}

function named(flags: Flags, env: Environment, name: string): {readonly name: string; readonly source: string} {
	if (flags.profile !== undefined) return {name, source: '--profile'};
	return {name, source: env.MESHBOARD_PROFILE ? 'MESHBOARD_PROFILE' : 'in use'};
}

function settingsOf(settings: Settings) {
	return settingNames.flatMap((name) => {
		const found = setting(settings, name);
		return found === undefined
			? []
			: [{name, value: found.value, source: found.source === 'flag' ? ('flag' as const) : ('profile' as const)}];
	});
}

async function pathsOf(settings: Settings, env: Environment): Promise<InfoOutput['paths']> {
	const home = homeFolder(env);
	const kubeconfig = await openKubeconfig({env, ...settings});
	const known = setting(settings, 'knownHosts');
	const agent = env.SSH_AUTH_SOCK ?? '';
	const from = (variable: string) => (env[variable] ? variable : 'default');
	const paths = [
		{name: 'config', path: openProfiles(env).path, source: from('XDG_CONFIG_HOME')},
		{name: 'state', path: stateFolder(env), source: from('XDG_STATE_HOME')},
		{name: 'journal', path: join(stateFolder(env), 'runs'), source: from('XDG_STATE_HOME')},
		{name: 'cache', path: cacheFolder(env, homedir()), source: from('XDG_CACHE_HOME')},
		...kubeconfig.paths.map((path) => ({
			name: 'kubeconfig',
			path,
			source: sourceOf(settings, 'kubeconfig') ?? from('KUBECONFIG'),
		})),
		{name: 'ssh config', path: join(home, '.ssh', 'config'), source: 'default'},
		{name: 'ssh config', path: '/etc/ssh/ssh_config', source: 'default'},
		{
			name: 'known_hosts',
			path: known?.value ?? join(home, '.ssh', 'known_hosts'),
			source: known?.source ?? 'default',
		},
		{name: 'known_hosts', path: '/etc/ssh/ssh_known_hosts', source: 'default'},
		{name: 'agent', path: agent, source: agent === '' ? 'SSH_AUTH_SOCK is not set' : 'SSH_AUTH_SOCK'},
	];
	return paths.map((each) => ({...each, exists: each.path !== '' && existsSync(each.path)}));
}

function sourceOf(settings: Settings, name: 'kubeconfig' | 'context'): string | undefined {
	const known = setting(settings, name);
	// Empty: what the environment says holds, whatever the profile names.
	return known?.value === '' ? undefined : known?.source;
}

async function clusterOf(settings: Settings, env: Environment): Promise<InfoOutput['cluster']> {
	try {
		const {name, server, namespace} = (await openKubeconfig({env, ...settings})).current();
		const source = sourceOf(settings, 'context') ?? 'current-context';
		return {context: name, source, server: withoutPassword(server), namespace};
	} catch (error) {
		if (error instanceof UserError) return {problem: error.message};
		throw error;
	}
}

/** A server's address may be written with a user and a password in it. */
function withoutPassword(server: string): string {
	const url = new URL(server);
	if (url.username === '' && url.password === '') return server;
	url.username = '';
	url.password = '';
	return url.href;
}
