import type {Check, Finding} from '../../../../diagnosis/finding.ts';
import {canonicalIp} from '../../../../vm/canonical-ip.ts';
import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import type {Rule} from './subject.ts';

/** `entry.addresses-swapped`, `entry.instance-ip-not-local`, `entry.wrong-ip`: inbound listeners bind INSTANCE_IP, so it must be the VM's own. */
export const addressesRule: Rule = (subject) => {
	const {target, vm} = subject;
	const title = 'Address';
	const judge = (outcome: Check['outcome'], detail: string, findings: readonly Finding[] = []) => [
		verdict('vm.instance-ip', title, outcome, detail, findings),
	];
	const wanted = canonicalIp(target.instanceIp?.value ?? '');
	if (wanted === undefined) return judge('not-done', 'the entry gives no IP: see entry.address-missing');
	if (vm.addresses === undefined) return judge('not-done', 'the VM did not tell its addresses (no ip, no hostname -I)');

	const local = vm.addresses.find(({address}) => address === wanted);
	const listed = vm.addresses.map((each) => `${each.interface} ${each.address}`.trim()).join(', ');
	const evidence = [{source: 'ip -o addr', text: listed}];
	if (local === undefined) {
		const address = canonicalIp(target.entry.address);
		const swapped = address !== wanted && vm.addresses.some((each) => each.address === address);
		const own = vm.addresses.find((each) => isUsable(each))?.address;
		const summary = swapped
			? `spec.address ${target.entry.address} is the VM's own and proxy-instance-ip ${wanted} is not; it must be the reverse.`
			: `INSTANCE_IP ${wanted} is on no interface of the VM, so inbound listeners cannot bind it.`;
		const id = swapped ? 'entry.addresses-swapped' : 'entry.instance-ip-not-local';
		const found = findingAbout(subject, id, evidence, summary, own === undefined ? {} : {ip: own});
		return judge('failed', summary, [found]);
	}
	if (!isUsable(local)) {
		const summary = `INSTANCE_IP ${wanted} lies on ${local.interface || 'a link-local address'}, which the mesh cannot reach.`;
		return judge('failed', summary, [findingAbout(subject, 'entry.wrong-ip', evidence, summary)]);
	}
	return judge('passed', local.interface === '' ? wanted : `${wanted} on ${local.interface}`);
};

/** An address that others can reach: not loopback, not link-local, not on a bridge of the container engine. */
export function isUsable({address, interface: name}: {readonly address: string; readonly interface: string}): boolean {
	return !/^(127\.|169\.254\.|::1$|fe[89ab])/.test(address) && !/^(docker\d|br-|veth|lo$)/.test(name);
}
