import {type ProxyCertificates, workloadCertificate} from '../../../proxy/certs.ts';
import {type Container, variable} from '../../../proxy/container.ts';
import type {Readiness} from '../../../proxy/readiness.ts';

/** A proxy as its engine and its endpoints tell it; undefined: the endpoint does not answer. */
export type ProxyLook = {
	readonly container: Container;
	readonly certificates: ProxyCertificates | undefined;
	readonly readiness: Readiness | undefined;
	/** By the VM's clock, in seconds since 1970. */
	readonly now: number;
};

/**
 * Why a proxy cannot go on with a new token unless it is started again; undefined when it can.
 *
 * A proxy renews with the certificate that it has, where PROV_CERT names it, and reads its token only when that one does not serve
 * (istio, security/pkg/nodeagent/caclient: "cert expired, using token instead"): one that is ready reads a new token at its next
 * start. One that is stuck never would: its container holds the file that was there when it was started, since an engine binds
 * a file, not a name. What istiod has already sent to a proxy (`rejected`, `warming`) was sent after its credentials were accepted.
 */
export function restartReason({container, certificates, readiness, now}: ProxyLook): string | undefined {
	if (container.status !== 'running') return `the container is ${container.status || 'in an unknown state'}`;
	if (certificates === undefined) return 'Envoy does not answer';
	const certificate = workloadCertificate(certificates);
	if (certificate === undefined) return 'the proxy has no certificate';
	if (Date.parse(certificate.expiresAt) / 1000 <= now) return `the proxy's certificate ended ${certificate.expiresAt}`;
	if (readiness === undefined) return 'the health endpoint of the proxy does not answer';
	if (readiness.state === 'no-config') return `the proxy is not ready: ${readiness.text}`;
	return variable(container, 'PROV_CERT') === undefined
		? 'the proxy renews its certificate by the token alone (no PROV_CERT)'
		: undefined;
}
