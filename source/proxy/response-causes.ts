import type {FindingId} from '../diagnosis/catalogue.ts';

/**
 * In order: the first that fits. Words of Envoy's own replies (source/common/router, source/extensions/filters/http/rbac): an
 * application does not answer them. A connection that failed may be the caller's to the VM or the VM's to its application, in the same
 * words: the counters of the VM's proxy tell which.
 */
const rows: ReadonlyArray<readonly [FindingId, RegExp]> = [
	['traffic.denied', /RBAC: access denied/],
	['traffic.mtls-mismatch', /WRONG_VERSION_NUMBER/],
	[
		'network.vm-unreachable',
		/(?:reset reason|before headers)[:.].*connection (?:failure|timeout)|delayed connect error/,
	],
];

/** What the reply of a proxy to a request to the VM names as the cause; undefined when it names none. */
export function causeOfResponse(text: string): FindingId | undefined {
	return rows.find(([, pattern]) => pattern.test(text))?.[0];
}
