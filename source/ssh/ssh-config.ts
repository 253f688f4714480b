import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {exitCodes, UserError} from '../errors.ts';
import type {HostSettings, Surroundings} from './host-settings.ts';
import {parseSshConfig} from './parse-ssh-config.ts';
import {checkedName} from './ssh-address.ts';

const run = promisify(execFile);

/**
 * The settings of `~/.ssh/config` (and the system's) for a host, read with `ssh -G`, so that Include, Match and tokens mean
 * what they mean to ssh(1). Without the ssh program: OpenSSH's defaults. Values given win over the file.
 * Throws UserError (78) for a broken file and for ProxyCommand, which would run a program of the file's choice.
 */
export async function readSshConfig(
	query: {host: string; port?: number; user?: string},
	env: Surroundings['env'],
	home: string,
): Promise<HostSettings> {
	checkedName('host', query.host);
	if (query.user !== undefined) checkedName('user', query.user);
	const {homedir: systemHome, username: localUser} = userInfo();
	const surroundings = {env, home, systemHome, localUser};
	const settings = parseSshConfig(await sshG(query, surroundings), query, surroundings);
	checkedName('host', settings.host);
	return settings;
}

async function sshG(query: {host: string; port?: number; user?: string}, {env, home, systemHome}: Surroundings) {
	const file = join(home, '.ssh', 'config');
	const args = [
		'-G',
		...(home === systemHome ? [] : ['-F', existsSync(file) ? file : '/dev/null']),
		...(query.port === undefined ? [] : ['-p', String(query.port)]),
		...(query.user === undefined ? [] : ['-l', query.user]),
		'--',
		query.host,
	];
	try {
		const {stdout} = await run('ssh', args, {env: {...env}, timeout: 10_000, maxBuffer: 4 << 20});
		return stdout;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
		const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
		throw new UserError({
			code: 'configuration',
			message: `The SSH configuration for ${query.host} cannot be read: ${words.split('\n').at(-1) ?? ''}`,
			exitCode: exitCodes.configuration,
			hint: `Correct the file; \`ssh -G ${query.host}\` shows the same message.`,
			evidence: [{source: `ssh -G ${query.host}`, text: words}],
			cause: error,
		});
	}
}
