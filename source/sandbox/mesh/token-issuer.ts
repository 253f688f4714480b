import {createHash, generateKeyPairSync, randomUUID, sign} from 'node:crypto';
import {type Claims, readClaims} from '../../mesh/token.ts';

/** Whom a token is for, and for how long. `issuedAt`: for tokens that were issued before the sandbox was started. */
export type TokenWish = {
	readonly namespace: string;
	readonly serviceAccount: string;
	readonly uid: string;
	readonly audiences: readonly string[];
	readonly seconds: number;
	readonly issuedAt?: Date;
};

/** Signs service account tokens as an API server does (ES256), and knows its own again. */
export type TokenIssuer = {
	issue(wish: TokenWish): {readonly token: string; readonly expiresAt: Date};
	/** The claims of a token of this issuer; undefined for all others. */
	recognise(token: string): Claims | undefined;
};

const issuer = 'https://kubernetes.default.svc.cluster.local';

export function createTokenIssuer(): TokenIssuer {
	const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
	const kid = createHash('sha256')
		.update(publicKey.export({type: 'spki', format: 'der'}))
		.digest('base64url');
	const issued = new Set<string>();
	return {
		issue({namespace, serviceAccount, uid, audiences, seconds, issuedAt = new Date()}) {
			const iat = Math.floor(issuedAt.getTime() / 1000);
			const claims = {
				aud: audiences,
				exp: iat + seconds,
				iat,
				iss: issuer,
				jti: randomUUID(),
				'kubernetes.io': {namespace, serviceaccount: {name: serviceAccount, uid}},
				nbf: iat,
				sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
			};
			const head = `${encode({alg: 'ES256', kid})}.${encode(claims)}`;
			const signature = sign('sha256', Buffer.from(head), {key: privateKey, dsaEncoding: 'ieee-p1363'});
			const token = `${head}.${signature.toString('base64url')}`;
			issued.add(token);
			return {token, expiresAt: new Date((iat + seconds) * 1000)};
		},
		recognise: (token) => (issued.has(token.trim()) ? readClaims(token) : undefined),
	};
}

function encode(value: unknown): string {
	return Buffer.from(JSON.stringify(value)).toString('base64url');
}
