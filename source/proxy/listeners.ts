import {asRecord, asText} from '../mesh/untyped.ts';
import {asNumber, asRecords, readJson} from './json.ts';

/** An address on which Envoy takes connections. */
export type ProxyListener = {readonly name: string; readonly address: string; readonly port: number};

/** Reads `/listeners?format=json` (envoy.admin.v3.Listeners), one item for each address; none when it is no such answer. */
export function parseListeners(body: string): readonly ProxyListener[] {
	return asRecords(asRecord(readJson(body)).listener_statuses).flatMap((status) =>
		[status.local_address, ...asRecords(status.additional_local_addresses)].flatMap((address) => {
			const socket = asRecord(asRecord(address).socket_address);
			const port = asNumber(socket.port_value);
			return port === 0 ? [] : [{name: asText(status.name), address: asText(socket.address), port}];
		}),
	);
}
