import {createConnector} from '../../source/ssh/connector.ts';
import {remoteHostContract} from '../contract/remote-host.ts';
import {temporaryFolder} from '../helpers/sshd.ts';
import {openSandbox} from './open-sandbox.ts';

remoteHostContract('A VM of the sandbox', async () => {
	const sandbox = await openSandbox();
	return {
		connector: createConnector({env: {PATH: process.env['PATH']}, home: temporaryFolder()}),
		destination: {
			host: '127.0.0.1',
			port: await sandbox.sshPort('ratings-vm', 'bookinfo'),
			user: 'admin',
			key: sandbox.profile.sshKey,
			hostKeys: 'strict',
		},
		stop: sandbox.close,
	};
});
