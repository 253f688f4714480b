/** The claims of a service account token that may be shown; never the signature. Times in seconds since 1970. */
export type Claims = {
	readonly audience: readonly string[];
	readonly issuer: string;
	readonly subject: string;
	readonly issuedAt: number;
	readonly expiresAt: number;
	readonly namespace: string;
	readonly serviceAccount: string;
	readonly serviceAccountUid: string;
};

/** Reads the claims of a JWT without checking its signature; undefined when it is not a JWT. */
export function readClaims(token: string): Claims | undefined {
	return readPayload(token.trim().split('.')[1] ?? '');
}

/** Reads the claims of a JWT's payload alone (its middle part), as a VM hands it out. */
export function readPayload(payload: string): Claims | undefined {
	try {
		const claims = JSON.parse(Buffer.from(payload.trim(), 'base64url').toString('utf8')) as Record<string, unknown>;
		if (claims === null || typeof claims !== 'object') return undefined;
		const kubernetes = (claims['kubernetes.io'] ?? {}) as {
			namespace?: unknown;
			serviceaccount?: {name?: unknown; uid?: unknown};
		};
		const audience = claims['aud'];
		return {
			audience: Array.isArray(audience) ? audience.map(String) : audience === undefined ? [] : [String(audience)],
			issuer: text(claims['iss']),
			subject: text(claims['sub']),
			issuedAt: number(claims['iat']),
			expiresAt: number(claims['exp']),
			namespace: text(kubernetes.namespace),
			serviceAccount: text(kubernetes.serviceaccount?.name),
			serviceAccountUid: text(kubernetes.serviceaccount?.uid),
		};
	} catch {
		return undefined;
	}
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
	return typeof value === 'number' ? value : 0;
}
