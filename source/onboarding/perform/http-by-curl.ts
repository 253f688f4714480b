import {exitCodes, UserError} from '../../errors.ts';
import {answerLimit, answerTooLarge} from '../../output/answer-limit.ts';
import type {RemoteHost} from '../../ports.ts';
import {quote} from '../../vm/quote.ts';
import {relayTools} from '../../vm/relay.ts';
import type {HttpAnswer} from '../action.ts';
import type {VmRequest} from './vm-request.ts';

const limitSeconds = 10;

/**
 * Why a port cannot be dialled from the VM: hardened servers are set up so (CIS Debian Linux Benchmark, "sshd DisableForwarding"), and
 * nothing else there can do it.
 */
export const forwardingForbidden = `the VM's sshd forbids TCP forwarding (AllowTcpForwarding, DisableForwarding), and there is no ${relayTools} on it to try by`;

/** A request on a loopback port of the VM by its curl, where nothing else can dial there. Throws UserError `unasked` where there is no curl either. */
export async function requestByCurl(
	host: RemoteHost,
	{method, port, path}: VmRequest,
	signal: AbortSignal,
): Promise<HttpAnswer> {
	const url = `http://127.0.0.1:${port}${path}`;
	const command = `curl -s -S -g -X ${method} --noproxy '*' --max-time ${limitSeconds} --write-out '\\n%{http_code}' ${quote(url)}`;
	// The result keeps the end of what is said only.
	const chunks: Uint8Array[] = [];
	let size = 0;
	const tooMuch = new AbortController();
	const {code, stderr} = await host.exec(command, {
		timeoutSeconds: 2 * limitSeconds,
		signal: AbortSignal.any([signal, tooMuch.signal]),
		onOutput(stream, chunk) {
			if (stream !== 'stdout') return;
			size += chunk.length;
			if (size > answerLimit) tooMuch.abort();
			else chunks.push(chunk);
		},
	});
	if (size > answerLimit) return {ok: false, text: `127.0.0.1:${port}${path} on the VM: ${answerTooLarge}`};
	const said = Buffer.concat(chunks).toString('utf8');
	if (code === 0) {
		const end = said.lastIndexOf('\n');
		return {ok: true, status: Number(said.slice(end + 1)), body: said.slice(0, end)};
	}
	if (code === 127) throw unasked(host);
	return {ok: false, text: `127.0.0.1:${port}${path} on the VM: ${stderr.trim()}`};
}

/** What nobody could ask says nothing of the proxy: it is no finding. */
function unasked({description}: RemoteHost): UserError {
	return new UserError({
		code: 'unasked',
		message: `The proxy's endpoints on ${description} could not be asked: ${forwardingForbidden}, nor curl.`,
		hint: 'Install one of them there, or let its sshd forward to itself (`AllowTcpForwarding local`), then try again.',
		exitCode: exitCodes.someFailed,
	});
}
