import {exitCodes, UserError} from '../../errors.ts';
import type {Target} from '../../mesh/target.ts';
import {readClaims} from '../../mesh/token.ts';
import type {Cluster} from '../../ports.ts';
import type {TokenAnswer} from '../action.ts';
import {audience} from '../steps/bootstrap/token-fault.ts';

/** A new token for a target's proxy, and what may be shown of it. `onSecret` is told of it before it is used. Throws UserError `token.*`. */
export async function issueToken(
	cluster: Cluster,
	target: Target,
	onSecret: (secret: string) => void,
): Promise<{readonly token: string; readonly answer: TokenAnswer}> {
	const {namespace, serviceAccount} = target.entry;
	const askedSeconds = target.tokenSeconds.value;
	const {token, expiresAt} = await cluster.createToken(namespace, serviceAccount, audience, askedSeconds);
	onSecret(token);
	const claims = readClaims(token);
	if (claims === undefined) {
		throw new UserError({
			code: 'token.missing',
			message: 'The API server answered a token that is no JWT.',
			exitCode: exitCodes.badData,
		});
	}
	return {token, answer: {claims, expiresAt: expiresAt.toISOString(), askedSeconds}};
}
