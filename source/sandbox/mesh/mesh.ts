import {randomBytes} from 'node:crypto';
import type {Duplex} from 'node:stream';
import {createSecureContext, TLSSocket} from 'node:tls';
import type {Claims} from '../../mesh/token.ts';
import {createAuthority} from './certificates.ts';
import {createTokenIssuer, type TokenIssuer} from './token-issuer.ts';

/** A listener that istiod would make for a workload: from the Sidecar that selects it. */
export type InboundListener = {readonly port: number; readonly bind: string | undefined; readonly endpoint: string};
export type OutboundListener = {readonly port: number; readonly bind: string};

/** What istiod knows of a proxy that is connected to it. */
export type ConnectedProxy = {
	/** `<POD_NAME>.<POD_NAMESPACE>`. */
	readonly id: string;
	readonly address: string;
	readonly labels: Readonly<Record<string, string>>;
	/** Nonce of the last push, sent and acknowledged. */
	readonly nonce: string;
	/** True when its inbound listener is bound: then it answers for its app. */
	readonly serves: readonly number[];
};

/** What the sandbox's istiod asks of the objects in its API server. */
export type MeshObjects = {
	inbound(namespace: string, labels: Readonly<Record<string, string>>): readonly InboundListener[];
	outbound(namespace: string, labels: Readonly<Record<string, string>>): readonly OutboundListener[];
};

/** istiod, as far as a VM's proxy meets it, and the gateway before it. */
export type Mesh = {
	readonly trustDomain: string;
	readonly clusterId: string;
	readonly version: string;
	/** PEM that ConfigMap istio-ca-root-cert holds. */
	readonly rootCertificate: string;
	readonly gateway: {readonly address: string; readonly ports: readonly number[]};
	readonly tokens: TokenIssuer;
	/** Why istiod would refuse this token, in its own words, or the claims. */
	authenticate(token: string, now: Date): Claims | {readonly refused: string};
	objects(): MeshObjects;
	connect(proxy: Omit<ConnectedProxy, 'nonce'>): void;
	disconnect(id: string): void;
	proxies(): readonly ConnectedProxy[];
	/** What istiod has written: who connected, and who was turned away. */
	log(): readonly string[];
	/** Ends a connection through the gateway: istiod's TLS, whatever the SNI says. */
	accept(stream: Duplex): void;
};

/** How many lines of its log istiod keeps. */
const longestLog = 2000;

/** Makes the mesh with a CA of its own. `objects` is asked late, when the API server is there. */
export function createMesh(objects: () => MeshObjects): Mesh {
	const authority = createAuthority({organisation: 'cluster.local'});
	const istiod = authority.issue('istiod.istio-system.svc', [
		'istio-pilot.istio-system.svc',
		'istiod-remote.istio-system.svc',
		'istiod.istio-system.svc',
	]);
	const secureContext = createSecureContext({
		key: istiod.key,
		cert: istiod.certificate + authority.certificate,
		minVersion: 'TLSv1.2',
	});
	const proxies = new Map<string, ConnectedProxy>();
	const tokens = createTokenIssuer();
	const lines: string[] = [];
	let count = 0;
	const say = (words: string, time = new Date()) => {
		lines.push(`${time.toISOString().replace('Z', '000Z')}\t${words}`);
		if (lines.length > longestLog) lines.shift();
	};
	return {
		trustDomain: 'cluster.local',
		clusterId: 'sandbox',
		version: '1.28.0',
		rootCertificate: authority.certificate,
		gateway: {address: '10.128.0.254', ports: [15012, 15443]},
		tokens,
		authenticate(token, now) {
			const refuse = (refused: string) => {
				say(`warn\tsecurity\tAuthentication failed: Authenticator KubeJWTAuthenticator: ${refused}`, now);
				return {refused};
			};
			const claims = tokens.recognise(token);
			if (claims === undefined) return refuse('invalid bearer token');
			if (claims.expiresAt * 1000 <= now.getTime()) return refuse('service account token has expired');
			if (!claims.audience.includes('istio-ca')) return refuse(`invalid audiences ${JSON.stringify(claims.audience)}`);
			return claims;
		},
		objects,
		connect(proxy) {
			proxies.set(proxy.id, {...proxy, nonce: randomBytes(8).toString('hex')});
			count++;
			say(`info\tads\tADS: new delta connection for node:${proxy.id}-${count}`);
			for (const type of ['CDS', 'LDS'])
				say(`info\tdelta\t${type}: PUSH request for node:${proxy.id} resources:4 size:2.1kB`);
		},
		disconnect(id) {
			if (proxies.delete(id)) say(`info\tads\tADS: "${id}" disconnected`);
		},
		log: () => lines,
		proxies: () => [...proxies.values()].sort((one, other) => (one.id < other.id ? -1 : 1)),
		accept(stream) {
			const socket = new TLSSocket(stream, {isServer: true, secureContext, ALPNProtocols: ['h2']});
			// Nothing above TLS is spoken here: a peer that sends a request is waited for and then hung up on.
			socket.on('error', () => stream.destroy());
			socket.once('data', () => socket.end());
			stream.once('close', () => socket.destroy());
		},
	};
}
