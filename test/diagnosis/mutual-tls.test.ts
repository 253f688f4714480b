import {expect, test} from 'vitest';
import {mtlsMismatch} from '../../source/diagnosis/causes/mutual-tls.ts';
import type {TlsRule} from '../../source/mesh/mutual-tls.ts';

const says = (mode: string | undefined): TlsRule | undefined =>
	mode === undefined ? undefined : {mode, object: {metadata: {name: 'x'}}, field: 'mode'};

test.each<
	readonly [
		outbound: string | undefined,
		endpoint: string | undefined,
		inbound: string | undefined,
		spoken: string | undefined,
	]
>([
	['DISABLE', 'istio', 'STRICT', 'plaintext'],
	['SIMPLE', 'istio', 'STRICT', 'TLS without a certificate'],
	['ISTIO_MUTUAL', 'istio', 'DISABLE', 'mTLS'],
	// An entry without a service account: nobody is told that its proxy speaks mTLS.
	[undefined, 'disabled', 'STRICT', 'plaintext'],
	['ISTIO_MUTUAL', 'istio', 'STRICT', undefined],
	['DISABLE', 'istio', 'DISABLE', undefined],
	['DISABLE', 'istio', 'PERMISSIVE', undefined],
	['DISABLE', 'istio', undefined, undefined],
	[undefined, 'istio', 'STRICT', undefined],
	// istiod tells its clients of it.
	[undefined, 'istio', 'DISABLE', undefined],
	[undefined, undefined, 'STRICT', undefined],
	['MUTUAL', 'istio', 'STRICT', undefined],
])('a DestinationRule %s, tlsMode %s, against a PeerAuthentication %s → %s', (outbound, endpoint, inbound, spoken) => {
	const found = mtlsMismatch({outbound: says(outbound), endpoint, inbound: says(inbound)}, 9080);
	expect(found?.summary.match(/speak (.+) to port 9080/)?.[1]).toBe(spoken);
});
