import {exitCodes, UserError} from '../errors.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import type {IssuedToken} from '../ports.ts';
import {garbageError} from './api-error.ts';
import type {ApiHttp} from './http.ts';

/**
 * A token for a service account (TokenRequest of authentication.k8s.io/v1; at least 600 s, and the server may give less than asked).
 * Throws `token.service-account-not-found` and `token.forbidden`.
 */
export async function requestToken(
	http: ApiHttp,
	namespace: string,
	serviceAccount: string,
	audience: string,
	seconds: number,
): Promise<IssuedToken> {
	const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(serviceAccount)}/token`;
	const {status, body} = await http
		.send({
			method: 'POST',
			path,
			body: {
				apiVersion: 'authentication.k8s.io/v1',
				kind: 'TokenRequest',
				spec: {audiences: [audience], expirationSeconds: seconds},
			},
		})
		.catch((error: unknown) => {
			throw error instanceof UserError && error.code === 'cluster.forbidden' ? forbidden(error, namespace) : error;
		});
	if (status === 404) {
		throw new UserError({
			code: 'token.service-account-not-found',
			message: `Namespace ${namespace} has no service account ${serviceAccount}.`,
			hint: `kubectl create serviceaccount ${serviceAccount} -n ${namespace}`,
			exitCode: exitCodes.badData,
			evidence: [{source: `POST ${path}`, text: asText(asRecord(body)['message']) || 'HTTP 404'}],
		});
	}
	if (status >= 400) {
		const words = asText(asRecord(body)['message']) || `HTTP ${status}`;
		throw new UserError({
			code: 'token.rejected',
			message: `The API server gives no token for service account ${serviceAccount} of namespace ${namespace}: ${words}`,
			hint: `kubectl create token ${serviceAccount} -n ${namespace} --audience ${audience} --duration ${seconds}s`,
			exitCode: exitCodes.badData,
			evidence: [{source: `POST ${path}`, text: words}],
		});
	}
	const answer = asRecord(asRecord(body)['status']);
	const token = asText(answer['token']);
	const expiresAt = new Date(asText(answer['expirationTimestamp']));
	if (token === '' || Number.isNaN(expiresAt.getTime())) throw garbageError(http.server, {method: 'POST', path});
	return {token, expiresAt};
}

function forbidden(error: UserError, namespace: string): UserError {
	return new UserError({
		code: 'token.forbidden',
		message: `You may not create tokens of service accounts in namespace ${namespace}.`,
		exitCode: exitCodes.notPermitted,
		evidence: error.evidence,
	});
}
