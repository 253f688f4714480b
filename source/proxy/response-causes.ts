import type {FindingId} from '../diagnosis/catalogue.ts';

/**
 * In order: the first that fits. Words of Envoy's own replies (source/common/router, source/extensions/filters/http/rbac): an
 * application does not answer them.
 */
const rows: ReadonlyArray<readonly [FindingId, RegExp]> = [
	['traffic.denied', /RBAC: access denied/],
	['traffic.mtls-mismatch', /WRONG_VERSION_NUMBER/],
	['service.endpoint-missing', /no healthy upstream/],
	['app.not-listening', /remote connection failure/],
	['network.vm-unreachable', /reset reason: (local )?connection (failure|timeout)|upstream request timeout/],
];

/** What the reply of a proxy to a request to the VM names as the cause; undefined when it names none. */
export function causeOfResponse(text: string): FindingId | undefined {
	return rows.find(([, pattern]) => pattern.test(text))?.[0];
}
