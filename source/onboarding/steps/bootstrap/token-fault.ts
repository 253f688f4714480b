import type {Claims} from '../../../mesh/token.ts';
import type {WorkloadEntry} from '../../../mesh/workload-entry.ts';
import {readableSeconds} from '../../../output/readable-seconds.ts';

export const audience = 'istio-ca';

/** The subject of a service account's token (Kubernetes, staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount). */
export function subjectOf({namespace, serviceAccount}: Pick<WorkloadEntry, 'namespace' | 'serviceAccount'>): string {
	return `system:serviceaccount:${namespace}:${serviceAccount}`;
}

/**
 * Why a token on the VM is to be replaced; undefined when it serves: it is of the entry's account, for istiod, and more than half
 * of its life is left. Half, because the proxy renews its certificate at half of that one's life: a token that serves now still serves
 * at the next renewal of a certificate of the same length. `now` in seconds since 1970, by the VM's clock.
 */
export function tokenFault(
	claims: Claims | undefined,
	entry: Pick<WorkloadEntry, 'namespace' | 'serviceAccount'>,
	now: number,
): string | undefined {
	if (claims === undefined) return 'there is no token';
	if (claims.subject !== subjectOf(entry)) return `the token is of ${claims.subject || 'nobody'}`;
	if (!claims.audience.includes(audience)) return `the token is for ${claims.audience.join(', ') || 'nobody'}`;
	const left = claims.expiresAt - now;
	if (left <= 0) return 'the token has ended';
	return left * 2 <= claims.expiresAt - claims.issuedAt
		? `the token has ${readableSeconds(left)} left, less than half of its life`
		: undefined;
}
