import {asList, asRecord, asText} from '../mesh/untyped.ts';
import type {Resource} from '../ports.ts';
import type {ApiHttp} from './http.ts';

/** Where a kind is served: `/apis/networking.istio.io/v1` or `/api/v1`, and as what. */
export type Served = {
	readonly prefix: string;
	readonly kind: string;
	readonly apiVersion: string;
};

export type Discovery = {
	/** The best served version of a kind; undefined when the server has none. */
	find(resource: Resource): Promise<Served | undefined>;
	/** Asks again next time: what was found has gone. */
	forget(resource: Resource): void;
};

/**
 * Asks the server which versions of a group it serves and takes the first, in its order of preference, that has the kind: an old Istio
 * serves WorkloadEntry as v1alpha3 or v1beta1 only. Each kind is asked about once; what is missing is asked about again.
 */
export function createDiscovery(http: ApiHttp): Discovery {
	const known = new Map<string, Promise<Served | undefined>>();
	const keyOf = ({group, resource}: Resource) => `${resource}.${group}`;
	return {
		find(resource) {
			const key = keyOf(resource);
			const asked = known.get(key) ?? discover(http, resource);
			known.set(key, asked);
			const forget = () => known.delete(key);
			asked.then((served) => served === undefined && forget(), forget);
			return asked;
		},
		forget(resource) {
			known.delete(keyOf(resource));
		},
	};
}

async function discover(http: ApiHttp, {group, resource}: Resource): Promise<Served | undefined> {
	for (const version of group === '' ? ['v1'] : await versionsOf(http, group)) {
		const prefix = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
		const {status, body} = await http.send({path: prefix});
		if (status !== 200) continue;
		const served = asList(asRecord(body)['resources'])
			.map(asRecord)
			.find((each) => each['name'] === resource);
		if (served === undefined) continue;
		return {prefix, kind: asText(served['kind']), apiVersion: group === '' ? version : `${group}/${version}`};
	}
	return undefined;
}

async function versionsOf(http: ApiHttp, group: string): Promise<readonly string[]> {
	const {status, body} = await http.send({path: `/apis/${encodeURIComponent(group)}`});
	if (status !== 200) return [];
	const found = asRecord(body);
	const preferred = asText(asRecord(found['preferredVersion'])['version']);
	const all = asList(found['versions']).map((each) => asText(asRecord(each)['version']));
	return [...new Set([preferred, ...all])].filter((version) => version !== '');
}

/** Path of a kind's collection, in a namespace or over all of them (undefined). */
export function collectionPath(served: Served, resource: string, namespace: string | undefined): string {
	const inside = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
	return `${served.prefix}${inside}/${resource}`;
}

/** A query string of what is defined, with the question mark; empty for nothing. */
export function query(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
	const words = Object.entries(parameters).flatMap(([key, value]) =>
		value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
	);
	return words.length === 0 ? '' : `?${words.join('&')}`;
}
