import type {VmOffers} from '../../vm/offers.ts';
import {isIp} from '../ip.ts';
import type {EntryDraft} from './entry.ts';

/**
 * What an entry may take of a machine's report: the host to SSH to, the address that pods use when the host is an IP, and the IP
 * that the proxy can bind. The address that pods use is nobody's but the asker's to know: the host's own IP is the best guess, and
 * shown before it is used.
 */
export function entryDraftFrom(host: string, {addresses, apps}: VmOffers): EntryDraft {
	const own = addresses.some(({address}) => address === host) ? host : addresses[0]?.address;
	const [app] = apps.length === 1 ? apps : [];
	return {
		sshHost: host,
		...(isIp(host) ? {address: host} : own === undefined ? {} : {address: own}),
		...(own === undefined ? {} : {instanceIp: own}),
		...(app === undefined ? {} : {ports: `http=${app.port}`}),
	};
}
