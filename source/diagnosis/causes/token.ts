import type {Found} from '../../mesh/mesh-objects.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import {quote} from '../../vm/quote.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';

/** `token.service-account-not-found`: an entry without any account has `entry.service-account-missing` instead. */
export function serviceAccountNotFound(entry: WorkloadEntry, account: Found): readonly Finding[] {
	if (account !== 'absent' || entry.serviceAccount === '') return [];
	return [
		finding('token.service-account-not-found', {
			target: `serviceaccount/${entry.namespace}/${entry.serviceAccount}`,
			evidence: [
				{
					source: `serviceaccounts -n ${entry.namespace}`,
					text: `there is no ${JSON.stringify(entry.serviceAccount)}, which ${entry.name} names`,
				},
			],
			values: {sa: quote(entry.serviceAccount), ns: entry.namespace},
		}),
	];
}

/** `token.forbidden`: undefined means that nobody could say. */
export function tokenForbidden(context: string, namespace: string, allowed: boolean | undefined): readonly Finding[] {
	if (allowed !== false) return [];
	return [
		finding('token.forbidden', {
			target: `cluster/${context}`,
			evidence: [
				{source: 'SelfSubjectAccessReview', text: `create serviceaccounts/token in namespace ${namespace}: denied`},
			],
			values: {ns: namespace},
		}),
	];
}
