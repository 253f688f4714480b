import {exitCodes, UserError} from '../errors.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import {sanitise} from '../output/sanitise.ts';

/** Which API server, for the sentences of an error. */
export type Server = {readonly context: string; readonly server: string};

/** What was asked, for the evidence: `GET /api/v1/…`. */
export type Asked = {readonly method: string; readonly path: string};

const certificateCodes = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|INVALID_CA|HOSTNAME_MISMATCH)/;

/** No answer came: refused, no route, no name, too slow, or a certificate that is not trusted. */
export function networkError(cause: unknown, {context, server}: Server, {method, path}: Asked): UserError {
	const error = firstOf(cause);
	const code = 'code' in error ? String(error.code) : '';
	const host = new URL(server).hostname;
	return new UserError({
		code: 'cluster.unreachable',
		message: `${sentence(code, error, server, host)} (context ${JSON.stringify(context)}).`,
		hint: certificateCodes.test(code)
			? "Repair the context's certificate authority, or choose another: kubectl config get-contexts"
			: 'Check the address and the network, or choose another context: kubectl config get-contexts',
		exitCode: exitCodes.unreachable,
		evidence: [{source: `${method} ${pathOnly(path)}`, text: sanitise(error.message)}],
		cause,
	});
}

/** The server answered with a status that is no answer: 401, 403, 429 or 5xx. Any other is the caller's to judge. */
export function statusError(status: number, body: string, server: Server, asked: Asked): UserError {
	const words = statusMessage(body);
	const evidence = [{source: `${asked.method} ${pathOnly(asked.path)}`, text: words || `HTTP ${status}`}];
	const about = `(context ${JSON.stringify(server.context)})`;
	if (status === 401) {
		return new UserError({
			code: 'cluster.unauthorized',
			message: `The API server ${server.server} rejects your credentials ${about}.`,
			hint: 'Log in again, then try: kubectl auth whoami',
			exitCode: exitCodes.notPermitted,
			evidence,
		});
	}
	if (status === 403) {
		return new UserError({
			code: 'cluster.forbidden',
			message: words === '' ? `The API server ${server.server} forbids this ${about}.` : `${capital(words)} ${about}.`,
			hint: 'Have the right granted; see what you may do: kubectl auth can-i --list',
			exitCode: exitCodes.notPermitted,
			evidence,
		});
	}
	return new UserError({
		code: 'cluster.unreachable',
		message: `The API server ${server.server} answers ${status}${words === '' ? '' : `: ${words}`} ${about}.`,
		hint: 'Wait and try again, or look at the API server: kubectl get --raw /readyz',
		exitCode: exitCodes.unreachable,
		evidence,
	});
}

/** Something answered, and it was not a Kubernetes API server: a login page, a proxy, a cut-off answer. */
export function garbageError({context, server}: Server, {method, path}: Asked): UserError {
	return new UserError({
		code: 'cluster.unreachable',
		message: `What answers at ${server} does not speak like a Kubernetes API server (context ${JSON.stringify(context)}).`,
		hint: 'Check the address, and whether a proxy or a login page stands between: kubectl get --raw /version',
		exitCode: exitCodes.unreachable,
		evidence: [{source: `${method} ${pathOnly(path)}`, text: 'the answer is not the JSON that was asked for'}],
	});
}

/** A credential plugin, an OIDC refresh or a file of certificates failed before any request was made. */
export function credentialError(cause: unknown, {context}: Server): UserError {
	const error = firstOf(cause);
	const firstLine = withoutTokens(sanitise(error.message.trim().split('\n')[0] ?? ''));
	return new UserError({
		code: 'cluster.unauthorized',
		message: `The credentials of context ${JSON.stringify(context)} could not be had: ${firstLine || 'the credential command failed'}.`,
		hint: 'Log in where you can answer its questions, then try again: kubectl auth whoami',
		exitCode: exitCodes.notPermitted,
		evidence: [
			{source: `credentials of context ${context}`, text: withoutTokens(sanitise(error.message.trim().slice(0, 2000)))},
		],
	});
}

/** The sentence of a Status object; empty when the body is none. */
function statusMessage(body: string): string {
	try {
		return sanitise(asText(asRecord(JSON.parse(body))['message'])).slice(0, 2000);
	} catch {
		return '';
	}
}

function sentence(code: string, error: Error, server: string, host: string): string {
	if (certificateCodes.test(code)) return `The certificate of ${server} is not trusted: ${sanitise(error.message)}`;
	switch (code) {
		case 'ECONNREFUSED':
			return `Nothing listens at ${server}: the connection was refused`;
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return `The name ${host} of the API server cannot be resolved`;
		case 'ETIMEDOUT':
			return `The API server ${server} does not answer`;
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
			return `There is no route to the API server ${server}`;
		case 'ECONNRESET':
			return `The connection to the API server ${server} was cut`;
		default:
			return `The API server ${server} cannot be reached: ${sanitise(error.message)}`;
	}
}

/** Node gathers the failures of several addresses of a host in one AggregateError without words. */
function firstOf(cause: unknown): Error {
	const error = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
	return error instanceof Error ? error : new Error(String(error));
}

function pathOnly(path: string): string {
	return path.split('?')[0] ?? path;
}

/** Whatever a plugin says, a JWT in it is not passed on. */
function withoutTokens(text: string): string {
	return text.replaceAll(/eyJ[\w-]{8,}(\.[\w-]*){0,2}/g, '[redacted]');
}

function capital(text: string): string {
	return text.slice(0, 1).toUpperCase() + text.slice(1);
}
