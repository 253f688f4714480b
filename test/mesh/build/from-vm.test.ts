import {describe, expect, it} from 'vitest';
import {entryDraftFrom} from '../../../source/mesh/build/from-vm.ts';

const eth = {interface: 'eth0', address: '10.128.0.7'};
const second = {interface: 'eth1', address: '192.168.1.7'};
const app = {address: '127.0.0.1', port: 9080, process: 'ruby'};

describe('an entry from what a VM reports', () => {
	it.each([
		[
			'a public IP with a private one behind it',
			'34.1.2.3',
			[eth],
			[app],
			{sshHost: '34.1.2.3', address: '34.1.2.3', instanceIp: '10.128.0.7', ports: 'http=9080'},
		],
		[
			'an IP of its own',
			'192.168.1.7',
			[eth, second],
			[],
			{sshHost: '192.168.1.7', address: '192.168.1.7', instanceIp: '192.168.1.7'},
		],
		[
			'a name',
			'vm.example',
			[eth],
			[app, {...app, port: 1}],
			{sshHost: 'vm.example', address: '10.128.0.7', instanceIp: '10.128.0.7'},
		],
		['nothing', 'vm.example', [], [], {sshHost: 'vm.example'}],
	])('%s', (_, host, addresses, apps, draft) => {
		expect(entryDraftFrom(host, {addresses, apps})).toEqual(draft);
	});
});
