import {offlineFiles} from '../../bundle/offline-files.ts';
import type {Cluster} from '../../ports.ts';
import {bundleFaults} from '../bundle-faults.ts';
import {failureOf} from '../failure.ts';
import type {Bundle, Failure, RunPlan} from '../session.ts';
import {shortLived} from '../steps/bootstrap/token.ts';
import {issueToken} from './issue-token.ts';

/** The bundle of a planned target with a new token, for a VM that SSH does not reach; or why there is none. */
export async function makeBundle(
	cluster: Cluster,
	{target, options}: RunPlan,
	onSecret: (secret: string) => void,
): Promise<Bundle | Failure> {
	if (bundleFaults(target).length > 0) return {ref: target.ref, findings: bundleFaults(target)};
	try {
		// Made once without the token: one that cannot be made needs none.
		offlineFiles(target, '');
		const {token, answer} = await issueToken(cluster, target, onSecret);
		const findings = [...target.problems, ...shortLived(answer, {target, options})];
		return {target, files: offlineFiles(target, token), findings, expiresAt: answer.expiresAt};
	} catch (error) {
		return failureOf(target.ref, error);
	}
}
