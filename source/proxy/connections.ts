import {asRecord, asText} from '../mesh/untyped.ts';
import {asRecords, readJson} from './json.ts';

/** A stream of a proxy to one istiod. */
export type ProxyConnection = {
	/** `ratings-vm.bookinfo-12`: the proxy's id and a number that grows with every stream. */
	readonly id: string;
	/** Since when, in seconds since 1970. */
	readonly since: number;
	/** Where it comes from; through a gateway that is the gateway's address. */
	readonly address: string;
};

/** The streams of one proxy in istiod's `/debug/connections` (`AdsClients` in istio's pilot/pkg/xds/debug.go); those without a time are left out. */
export function connectionsOf(body: string, proxy: string): readonly ProxyConnection[] {
	return asRecords(asRecord(readJson(body)).clients).flatMap((client) => {
		const id = asText(client.connectionId);
		const since = Date.parse(asText(client.connectedAt)) / 1000;
		const isOf = id.startsWith(`${proxy}-`) && /^\d+$/.test(id.slice(proxy.length + 1));
		return isOf && !Number.isNaN(since) ? [{id, since, address: asText(client.address)}] : [];
	});
}
