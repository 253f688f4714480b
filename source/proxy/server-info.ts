import {asRecord, asText, isMapping} from '../mesh/untyped.ts';
import {readJson} from './json.ts';

/** Envoy about itself (`/server_info`, envoy.admin.v3.ServerInfo). */
export type ServerInfo = {
	/** `LIVE`, `DRAINING`, `PRE_INITIALIZING` or `INITIALIZING`. */
	readonly state: string;
	/** `1.40.0` of `<sha>/1.40.0/Clean/RELEASE/BoringSSL`; empty when it says none. */
	readonly version: string;
	/** Node id, `sidecar~<INSTANCE_IP>~<POD_NAME>.<POD_NAMESPACE>~<domain>`; empty when it is no Istio proxy. */
	readonly node: string;
	/** `ISTIO_VERSION` of the node's metadata. */
	readonly istioVersion: string;
};

/** Reads `/server_info`; undefined when it is none. `LIVE` is the default value and may be absent. */
export function parseServerInfo(body: string): ServerInfo | undefined {
	const info = readJson(body);
	if (!isMapping(info)) return undefined;
	const node = asRecord(info.node);
	return {
		state: asText(info.state) || 'LIVE',
		version: asText(info.version).split('/')[1] ?? '',
		node: asText(node.id) || asText(asRecord(info.command_line_options).service_node),
		istioVersion: asText(asRecord(node.metadata).ISTIO_VERSION),
	};
}

/** The proxy id in a node id: `ratings-vm.bookinfo`; empty when there is none. */
export function proxyIdOf(node: string): string {
	return node.split('~')[2] ?? '';
}
