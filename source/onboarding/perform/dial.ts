import type {Duplex} from 'node:stream';
import {
	checkServerIdentity,
	connect,
	createSecureContext,
	type DetailedPeerCertificate,
	type SecureContext,
	type TLSSocket,
} from 'node:tls';
import type {DialFailure, RemoteHost} from '../../ports.ts';
import type {Dial, DialAnswer, DialOutcome} from '../action.ts';
import {mergeTries} from '../merge-tries.ts';
import {forwardingForbidden} from './http-by-curl.ts';
import {stillThere} from './still-there.ts';

const outcomes = {
	refused: 'refused',
	filtered: 'filtered',
	unreachable: 'unreachable',
	unresolved: 'unresolved',
	prohibited: 'not-done',
	lost: 'not-done',
} as const satisfies Record<DialFailure, DialOutcome>;

/** What a VM that is gone looks like too. */
const silences: ReadonlySet<DialOutcome> = new Set(['filtered', 'reset', 'tls-timeout', 'not-done']);

/** Dials from the VM, as often as is asked for. Throws `ssh.connection-lost` when it is the VM that does not answer. */
export async function dialFromVm(host: RemoteHost, action: Dial, signal: AbortSignal): Promise<DialAnswer> {
	const more = Array.from({length: (action.tries ?? 1) - 1}, () => dialOnce(host, action, signal));
	const answer = mergeTries(await Promise.all([dialOnce(host, action, signal), ...more]));
	if (silences.has(answer.outcome)) await stillThere(host, signal);
	return answer;
}

/** Through the VM's sshd; with `tls`, makes a handshake over that channel and reads the certificate chain. */
async function dialOnce(host: RemoteHost, action: Dial, signal: AbortSignal): Promise<DialAnswer> {
	const begun = performance.now();
	const from = `vm ${host.description}`;
	const answer = (outcome: DialOutcome, text: string, chain: DialAnswer['chain'] = []): DialAnswer => ({
		outcome,
		ms: Math.round(performance.now() - begun),
		text,
		chain,
		from,
	});
	const dialled = await host.dial(action.host, action.port, {timeoutSeconds: action.timeoutSeconds, signal});
	if (!dialled.ok) {
		return answer(outcomes[dialled.failure], dialled.failure === 'prohibited' ? forwardingForbidden : dialled.text);
	}
	try {
		if (action.tls === undefined) return answer('open', 'connected');
		const {outcome, text, chain} = await shakeHands(dialled.stream, action.tls, action.timeoutSeconds);
		return answer(outcome, text, chain);
	} finally {
		dialled.stream.destroy();
	}
}

type Handshake = {outcome: DialOutcome; text: string; chain: DialAnswer['chain']};

/** The certificates of a mesh are read once for all handshakes with it. */
let trusted: {readonly root: string; readonly context: SecureContext} | undefined;
function trusting(root: string): SecureContext {
	if (trusted?.root !== root) trusted = {root, context: createSecureContext({ca: [root]})};
	return trusted.context;
}

function shakeHands(stream: Duplex, tls: NonNullable<Dial['tls']>, seconds: number): Promise<Handshake> {
	return new Promise((resolve) => {
		// The chain is wanted even when it is not trusted: trust is judged below, and nothing is ever sent over this socket.
		const socket = connect({
			socket: stream,
			servername: tls.serverName,
			secureContext: trusting(tls.rootCertificate),
			rejectUnauthorized: false,
			checkServerIdentity: () => undefined,
		});
		const finish = (handshake: Handshake) => {
			clearTimeout(timer);
			socket.destroy();
			resolve(handshake);
		};
		const timer = setTimeout(
			() => finish({outcome: 'tls-timeout', text: `no TLS handshake within ${seconds} s`, chain: []}),
			seconds * 1000,
		);
		socket.once('secureConnect', () => {
			const chain = chainOf(socket);
			if (!socket.authorized) {
				const text = `${ownerOf(chain)} (${String(socket.authorizationError)})`;
				return finish({outcome: 'tls-untrusted', text, chain});
			}
			const honoured = checkServerIdentity(tls.serverName, socket.getPeerCertificate()) === undefined;
			if (tls.named && !honoured) {
				const names = chain[0]?.names.join(', ') || 'no name';
				const text = `the certificate has ${names}, not ${tls.serverName}: SNI is not honoured`;
				return finish({outcome: 'tls-misnamed', text, chain});
			}
			const sni = `SNI ${tls.serverName} ${honoured ? 'honoured' : 'not honoured'}`;
			finish({outcome: 'open', text: `${socket.getProtocol() ?? 'TLS'}, ${ownerOf(chain)}, ${sni}`, chain});
		});
		socket.once('error', (error: NodeJS.ErrnoException) =>
			finish({outcome: error.code === 'ECONNRESET' ? 'reset' : 'tls-untrusted', text: error.message, chain: []}),
		);
		socket.once('close', () =>
			finish({outcome: 'reset', text: 'the connection was closed during the TLS handshake', chain: []}),
		);
	});
}

function chainOf(socket: TLSSocket): DialAnswer['chain'] {
	const chain: Array<DialAnswer['chain'][number]> = [];
	const seen = new Set<string>();
	let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
	while (certificate?.fingerprint256 !== undefined && !seen.has(certificate.fingerprint256)) {
		seen.add(certificate.fingerprint256);
		chain.push({
			subject: nameOf(certificate.subject),
			issuer: nameOf(certificate.issuer),
			names: certificate.subjectaltname?.split(', ') ?? [],
			fingerprint: certificate.fingerprint256,
		});
		certificate = certificate.issuerCertificate;
	}
	return chain;
}

/** Whose certificate it is, and by which CA. */
function ownerOf(chain: DialAnswer['chain']): string {
	const [leaf] = chain;
	const owner = leaf?.subject || leaf?.names.join(', ') || 'nobody';
	return `certificate of ${owner} by CA ${chain.at(-1)?.issuer || 'unknown'}`;
}

function nameOf(name: object | undefined): string {
	return Object.entries(name ?? {})
		.map(([key, value]) => `${key}=${String(value)}`)
		.join(', ');
}
