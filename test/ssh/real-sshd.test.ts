import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {createConnector} from '../../source/ssh/connector.ts';
import {remoteHostContract} from '../contract/remote-host.ts';
import {makeKey, noSshd, startSshd, temporaryFolder} from '../helpers/sshd.ts';

remoteHostContract(
	'OpenSSH',
	async () => {
		const home = temporaryFolder();
		const key = makeKey(join(home, 'key'));
		const sshd = await startSshd({authorized: [key.publicLine]});
		return {
			connector: createConnector({env: {PATH: process.env.PATH}, home}),
			destination: {host: sshd.host, port: sshd.port, user: sshd.user, key: key.path, hostKeys: 'strict'},
			hereFromThere: '127.0.0.1',
			count: async (text) =>
				execFileSync('ps', ['-A', '-o', 'args='], {encoding: 'utf8'})
					.split('\n')
					.filter((line) => line.trim() === text).length,
			stop: sshd.stop,
		};
	},
	noSshd,
);
