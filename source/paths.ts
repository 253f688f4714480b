import {join} from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Folder of the profiles: `$XDG_CONFIG_HOME/meshboard`. */
export function configFolder(env: Environment): string {
	return join(env.XDG_CONFIG_HOME || join(homeFolder(env), '.config'), 'meshboard');
}

/** Folder of the journals and logs: `$XDG_STATE_HOME/meshboard`. */
export function stateFolder(env: Environment): string {
	return join(env.XDG_STATE_HOME || join(homeFolder(env), '.local', 'state'), 'meshboard');
}

/** Folder of compiled code: `$XDG_CACHE_HOME/meshboard`. `home` is the account's own whatever HOME says: code that another planted must not be run. */
export function cacheFolder(env: Environment, home: string): string {
	return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'meshboard');
}

export function homeFolder(env: Environment): string {
	return env.HOME || env.USERPROFILE || '.';
}
