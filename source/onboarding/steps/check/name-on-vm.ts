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

/** Asks the VM's own resolver, /etc/hosts too. */
export function lookUp(name: string): Exec {
	return {kind: 'exec', as: 'user', command: `getent hosts ${quote(name)}`, changes: false, timeoutSeconds: 10};
}

/** A name that is pinned needs no DNS; one that is not, does: that it fails is told by whoever dials it (`network.istiod-unresolved`). */
export function judgeName({gateway}: Target, from: string, name: string, {code, stdout, ms}: Answers['exec']): Verdict {
	const pinned = gateway?.isIp === true ? gateway.address : undefined;
	const address = plainText(stdout.split(/\s/)[0] ?? '', 60);
	const resolved = code === 0 && address !== '';
	// getent(1): 2 is a name that is not found.
	const outcome = resolved || (code === 2 && pinned !== undefined) ? 'passed' : code === 2 ? 'failed' : 'not-done';
	const where = pinned === undefined ? '' : `; the proxy has it pinned to ${pinned}`;
	const detail = resolved ? `${address}${where}` : code === 2 ? `no address${where}` : 'getent could not be asked';
	const check = {
		id: 'dns',
		title: 'Name of istiod on the VM',
		from,
		to: name,
		outcome,
		detail,
		why: 'the name by which the proxy finds istiod',
		result: resolved ? 'resolved' : code === 2 ? 'unresolved' : 'not-done',
	} as const;
	return {check: ms === undefined ? check : {...check, ms}, findings: []};
}
