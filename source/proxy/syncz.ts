import {asText, isMapping} from '../mesh/untyped.ts';
import {asRecords, readJson} from './json.ts';

/** What istiod knows of one kind of configuration that it sent to a proxy. */
export type SyncedType = {
	/** `CDS`, `LDS`, `RDS`, `EDS`, `ECDS`, else the last word of the type's URL. */
	readonly type: string;
	/** `not-sent` is normal for a type without resources. */
	readonly state: 'synced' | 'stale' | 'rejected' | 'not-sent';
	/** Envoy's own words for a rejection; empty otherwise. */
	readonly error: string;
};

/** One proxy in the list of one istiod. */
export type SyncedProxy = {
	/** Proxy id, `<POD_NAME>.<POD_NAMESPACE>`. */
	readonly proxy: string;
	readonly clusterId: string;
	/** `ISTIO_VERSION` that the proxy claims; empty when it says none. */
	readonly istioVersion: string;
	readonly types: readonly SyncedType[];
	/** The worst of its types: `rejected` before `stale` before `synced`. A proxy to which nothing was sent yet is `stale`. */
	readonly state: 'synced' | 'stale' | 'rejected';
	/** One line: `CDS, LDS, EDS acknowledged`, `LDS not acknowledged`, `LDS rejected: …`. */
	readonly detail: string;
};

/**
 * Reads istiod's `/debug/syncz` (`SyncStatus` in istio's pilot/pkg/xds/debug.go): per type the nonce sent and the nonce
 * acknowledged, equal when in sync; newer ones also by type URL, with the last error. What is no such list gives an empty one:
 * look at the HTTP status before you conclude that a proxy is absent.
 */
export function parseSyncz(body: string): SyncedProxy[] {
	return asRecords(readJson(body)).flatMap((status) => {
		const proxy = asText(status.proxy);
		return proxy === '' ? [] : [syncedProxy(proxy, status)];
	});
}

const legacyTypes = [
	['CDS', 'cluster'],
	['LDS', 'listener'],
	['RDS', 'route'],
	['EDS', 'endpoint'],
	['ECDS', 'extensionconfig'],
] as const;

const shortNames: Readonly<Record<string, string>> = {
	Cluster: 'CDS',
	Listener: 'LDS',
	RouteConfiguration: 'RDS',
	ClusterLoadAssignment: 'EDS',
	TypedExtensionConfig: 'ECDS',
};

function syncedProxy(proxy: string, status: Readonly<Record<string, unknown>>): SyncedProxy {
	const types = new Map<string, SyncedType>();
	for (const [type, key] of legacyTypes)
		types.set(type, syncedType(type, asText(status[`${key}_sent`]), asText(status[`${key}_acked`]), ''));
	const resources = status.resources;
	if (isMapping(resources)) {
		for (const [url, resource] of Object.entries(resources)) {
			if (!isMapping(resource)) continue;
			const last = url.split(/[./]/).at(-1) ?? url;
			const type = shortNames[last] ?? last;
			types.set(type, syncedType(type, asText(resource.sent), asText(resource.acked), asText(resource.lastError)));
		}
	}
	const all = [...types.values()];
	return {
		proxy,
		clusterId: asText(status.cluster_id),
		istioVersion: asText(status.istio_version),
		types: all,
		...judge(all),
	};
}

function syncedType(type: string, sent: string, acked: string, error: string): SyncedType {
	if (error !== '') return {type, state: 'rejected', error};
	if (sent === '') return {type, state: 'not-sent', error: ''};
	return {type, state: sent === acked ? 'synced' : 'stale', error: ''};
}

function judge(types: readonly SyncedType[]): {state: SyncedProxy['state']; detail: string} {
	const rejected = types.find(({state}) => state === 'rejected');
	if (rejected !== undefined) return {state: 'rejected', detail: `${rejected.type} rejected: ${rejected.error}`};
	const names = (wanted: SyncedType['state']) =>
		types
			.filter(({state}) => state === wanted)
			.map(({type}) => type)
			.join(', ');
	const stale = names('stale');
	if (stale !== '') return {state: 'stale', detail: `${stale} not acknowledged`};
	const synced = names('synced');
	return synced === ''
		? {state: 'stale', detail: 'nothing sent yet'}
		: {state: 'synced', detail: `${synced} acknowledged`};
}
