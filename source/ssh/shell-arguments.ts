import type {SshDestination} from '../ports.ts';
import {checkedName, parseSshAddress} from './ssh-address.ts';

/** The command that opens a shell where meshboard would connect: the system's ssh, with `~/.ssh/config` under it. Throws UserError (65) for a name that is none. */
export function shellArguments(destination: SshDestination): readonly string[] {
	const {host, port, user, key, jump = [], password, hostKeys, knownHosts} = destination;
	// Each is a name: parseSshAddress refuses what is none.
	for (const hop of jump) parseSshAddress(hop);
	// Nobody has seen a key of `ignore`: a person looks at it here.
	const check = {strict: 'yes', 'accept-new': 'accept-new', ask: 'ask', ignore: 'ask'}[hostKeys];
	return [
		'ssh',
		...(port === undefined ? [] : ['-p', String(port)]),
		...(user === undefined ? [] : ['-l', checkedName('user', user)]),
		...(key === undefined ? [] : ['-i', key, '-o', 'IdentitiesOnly=yes']),
		...(jump.length === 0 ? [] : ['-J', jump.join(',')]),
		...(password === true ? ['-o', 'PreferredAuthentications=password,keyboard-interactive'] : []),
		'-o',
		`StrictHostKeyChecking=${check}`,
		...(knownHosts === undefined ? [] : ['-o', `UserKnownHostsFile="${knownHosts}"`]),
		'--',
		checkedName('host', host),
	];
}
