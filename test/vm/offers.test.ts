import {expect, test} from 'vitest';
import {offersOf} from '../../source/vm/offers.ts';

test('what others can reach is offered: no loopback, no container network, no service of the system', () => {
	expect(
		offersOf(
			{
				addresses: [
					{interface: 'lo', address: '127.0.0.1'},
					{interface: 'eth0', address: 'fe80::1'},
					{interface: 'eth0', address: '2001:db8::5'},
					{interface: 'eth0', address: '10.128.0.2'},
					{interface: 'docker0', address: '172.17.0.1'},
					{interface: 'br-12ab', address: '172.18.0.1'},
				],
				listeners: [
					{address: '0.0.0.0', port: 2222, process: ''},
					{address: '127.0.0.53', port: 53, process: 'systemd-resolve'},
					{address: '127.0.0.11', port: 40123, process: ''},
					{address: '127.0.0.1', port: 9080, process: 'java'},
					{address: '::1', port: 9080, process: 'java'},
					{address: '*', port: 15021, process: 'envoy'},
					{address: '*', port: 80, process: 'nginx'},
				],
			},
			2222,
		),
	).toEqual({
		addresses: [
			{interface: 'eth0', address: '10.128.0.2'},
			{interface: 'eth0', address: '2001:db8::5'},
		],
		apps: [
			{address: '*', port: 80, process: 'nginx'},
			{address: '127.0.0.1', port: 9080, process: 'java'},
		],
	});
});

test('what the VM could not tell is not offered', () => {
	expect(offersOf({addresses: undefined, listeners: undefined})).toEqual({addresses: [], apps: []});
});
