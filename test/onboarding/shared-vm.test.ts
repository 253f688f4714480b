import {expect, test} from 'vitest';
import {refuseSharedVms} from '../../source/onboarding/shared-vm.ts';
import {targetNamed} from '../helpers/target.ts';

const at = (name: string, host: string, port?: number) => {
	const target = targetNamed(name, 'bookinfo');
	return {
		...target,
		ssh: {
			...target.ssh,
			host: {value: host, source: 'entry' as const},
			port: {value: port, source: 'default' as const},
		},
	};
};

test('two entries of one VM are not onboarded together', () => {
	expect(() => refuseSharedVms([at('a', '10.0.0.1'), at('b', '10.0.0.2'), at('c', '10.0.0.1', 22)])).toThrow(
		'a.bookinfo and c.bookinfo lead to the same VM, 10.0.0.1:22',
	);
});

test('VMs behind one address are told apart by their ports', () => {
	expect(() => refuseSharedVms([at('a', '127.0.0.1', 2201), at('b', '127.0.0.1', 2202)])).not.toThrow();
});
