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

export function homeFolder(env: Environment): string {
	return env.HOME || env.USERPROFILE || '.';
}
