import {istiodName} from '../../../mesh/cluster-local.ts';
import type {Target} from '../../../mesh/target.ts';
import {plainText} from '../../../vm/plain-text.ts';
import {quote} from '../../../vm/quote.ts';
import type {Answers, Exec} from '../../action.ts';
import type {Verdict} from './verdict.ts';

/** The name by which the VM finds istiod: the gateway's, or istiod's own where the gateway is an IP that it is pinned to. undefined while neither is known. */
export function nameOfIstiod({gateway, mesh}: Target): string | undefined {
	if (gateway === undefined || mesh === undefined) return undefined;
	return gateway.isIp ? istiodName(mesh) : gateway.address;
}

/** getent(1): the name is not found. */
const notFound = 2;

/** Asks the VM's own resolver, /etc/hosts too. */
export function lookUp(name: string): Exec {
	return {kind: 'exec', as: 'user', command: `getent hosts ${quote(name)}`, changes: false, timeoutSeconds: 10};
}

/**
 * A name that the bundle pins needs no DNS, and that there is none is no fault; one that is not pinned does: that it fails is told by whoever
 * dials it (`network.istiod-unresolved`).
 */
export function judgeName({gateway}: Target, from: string, name: string, {code, stdout, ms}: Answers['exec']): Verdict {
	const pinned = gateway?.isIp === true ? gateway.address : undefined;
	const address = plainText(stdout.split(/\s/)[0] ?? '', 60);
	const resolved = code === 0 && address !== '';
	const [outcome, result, detail] = resolved
		? ([
				'passed',
				'resolved',
				`${address}${pinned === undefined ? '' : `; for the proxy ${byHostsEntry(pinned)}`}`,
			] as const)
		: code !== notFound
			? (['not-done', 'not-done', 'getent could not be asked'] as const)
			: pinned === undefined
				? (['failed', 'unresolved', 'not in the DNS of the VM, where the proxy looks for it'] as const)
				: (['passed', 'pinned', `not in DNS, nor need it be: ${byHostsEntry(pinned)}`] as const);
	const check = {
		id: 'dns',
		title: 'Name of istiod on the VM',
		from,
		to: name,
		outcome,
		detail,
		why: "istiod's name",
		result,
	} as const;
	return {check: ms === undefined ? check : {...check, ms}, findings: []};
}

function byHostsEntry(address: string): string {
	return `the bundle's hosts entry says ${address}`;
}
