import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import type {TlsRule} from '../../mesh/mutual-tls.ts';
import type {Evidence} from '../finding.ts';

/** How clients of the mesh speak to a port of a VM, and what its proxy takes there. */
export type TlsSides = {
	/** Of a DestinationRule; undefined: as `endpoint` says. */
	readonly outbound: TlsRule | undefined;
	/** Of a PeerAuthentication; undefined: plaintext and mTLS. */
	readonly inbound: TlsRule | undefined;
	/** `tlsMode` of the VM where istiod offers it: `istio`, `disabled`; undefined where that is not known. */
	readonly endpoint: string | undefined;
};

/** `traffic.mtls-mismatch` by the objects: one side speaks mTLS, the other does not. undefined where they agree, or nobody knows. */
export function mtlsMismatch(
	{outbound, inbound, endpoint}: TlsSides,
	port: number,
): {readonly summary: string; readonly evidence: readonly Evidence[]} | undefined {
	const spoken = outbound === undefined ? byEndpoint(endpoint) : words[outbound.mode];
	const taken = inbound?.mode === 'STRICT' ? 'mTLS' : inbound?.mode === 'DISABLE' ? 'plaintext' : undefined;
	if (spoken === undefined || taken === undefined || spoken === taken) return undefined;
	// By itself istiod tells clients to speak to a port as its policy wants it; TLS of another kind may be the application's own.
	if (taken === 'plaintext' && (outbound === undefined || spoken !== 'mTLS')) return undefined;
	return {
		summary: `Clients of the mesh speak ${spoken} to port ${port} of the VM, and its proxy takes ${taken} alone there.`,
		evidence: [
			...[outbound, inbound].flatMap((rule) => (rule === undefined ? [] : [evidenceOf(rule)])),
			...(endpoint === undefined ? [] : [{source: 'istiod /debug/endpointShardz', text: `tlsMode ${endpoint}`}]),
		],
	};
}

/** What a mode of a DestinationRule has clients speak; of MUTUAL nobody knows whose certificates it takes. */
const words: Readonly<Record<string, string>> = {
	DISABLE: 'plaintext',
	ISTIO_MUTUAL: 'mTLS',
	SIMPLE: 'TLS without a certificate',
};

function byEndpoint(mode: string | undefined): string | undefined {
	return mode === undefined ? undefined : mode === 'istio' ? 'mTLS' : 'plaintext';
}

function evidenceOf({object, field, mode}: TlsRule): Evidence {
	return {source: placeOf(object), text: `${field}: ${mode}`};
}

function placeOf({kind, metadata: {namespace, name}}: KubernetesObject): string {
	return `${(kind ?? '').toLowerCase()}/${namespace ?? ''}/${name}`;
}
