/** A path of the API, taken apart: `/apis/<group>/<version>/namespaces/<ns>/<plural>/<name>/<subresource>`. */
export type RequestPath = {
	readonly group: string;
	readonly version: string;
	readonly namespace: string | undefined;
	readonly plural: string | undefined;
	readonly name: string | undefined;
	readonly subresource: string | undefined;
};

/** Reads `/api/v1/…` or `/apis/<group>/<version>/…`; undefined for other paths. */
export function readRequestPath(pathname: string): RequestPath | undefined {
	const parts = pathname.split('/').filter(Boolean).map(decodeURIComponent);
	const root = parts.shift();
	if (root !== 'api' && root !== 'apis') return undefined;
	const group = root === 'api' ? '' : parts.shift();
	const version = parts.shift();
	if (group === undefined || version === undefined) return undefined;
	// A namespace is a container of others, and an object itself: with nothing behind its name it is the object.
	const inside = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status' && parts[2] !== 'finalize';
	const [, namespace] = inside ? parts.splice(0, 2) : [];
	const [plural, name, subresource] = parts;
	return {group, version, namespace, plural, name, subresource};
}
