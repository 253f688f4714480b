import type {Fault} from '../annotations.ts';
import {asList, asRecord, asText} from '../untyped.ts';
import {faultOf} from './fault-of.ts';
import {isTls, protocolOf} from './words.ts';

type Tls = Readonly<Record<string, unknown>>;

const has = (tls: Tls, field: string) => asText(tls[field]) !== '' || asList(tls[field]).length > 0;

/**
 * TLS of an ingress listener: what a Sidecar may not have, then what no server may have
 * (istio/istio, pkg/config/validation/validation.go, ValidateSidecar and validateTLSOptions).
 */
export function ingressTlsFaults(tls: Tls, protocol: string, path: string): readonly Fault[] {
	const mode = asText(tls['mode']) || 'PASSTHROUGH';
	const refuse = (broken: boolean, field: string, rule: string): readonly Fault[] =>
		broken ? [faultOf(field === '' ? path : `${path}.${field}`, field === '' ? undefined : tls[field], rule)] : [];
	return [
		...refuse(has(tls, 'subjectAltNames'), 'subjectAltNames', 'is not supported in ingress tls'),
		...refuse(tls['httpsRedirect'] === true, 'httpsRedirect', 'is not supported'),
		...refuse(has(tls, 'credentialName'), 'credentialName', 'is not currently supported'),
		...refuse(has(tls, 'credentialNames'), 'credentialNames', 'is not currently supported'),
		...refuse(has(tls, 'tlsCertificates'), 'tlsCertificates', 'is not currently supported'),
		...refuse(
			mode === 'ISTIO_MUTUAL' || mode === 'AUTO_PASSTHROUGH',
			'mode',
			'configuration is invalid: cannot set this mode in sidecar ingress tls',
		),
		...refuse(!isTls(protocolOf(protocol)), '', 'server cannot have TLS settings for non HTTPS/TLS ports'),
		...certificateFaults(tls, mode, path),
	];
}

function certificateFaults(tls: Tls, mode: string, path: string): readonly Fault[] {
	const fault = (text: string) => faultOf(path, undefined, text);
	if (mode === 'ISTIO_MUTUAL') {
		return ['serverCertificate', 'privateKey', 'caCertificates', 'tlsCertificates', 'credentialName', 'credentialNames']
			.filter((field) => has(tls, field))
			.map((field) => fault(`ISTIO_MUTUAL TLS cannot have associated ${field}`));
	}
	const sources = [
		has(tls, 'serverCertificate') && has(tls, 'privateKey'),
		has(tls, 'credentialName'),
		has(tls, 'credentialNames'),
		has(tls, 'tlsCertificates'),
	].filter((set) => set).length;
	const several =
		sources > 1
			? [
					fault(
						'only one of credential_name, credential_names, server_certificate/private_key, tls_certificates should be specified',
					),
				]
			: [];
	const withOwn = ['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL'].includes(mode);
	if (withOwn && (has(tls, 'credentialName') || has(tls, 'credentialNames'))) return several;
	const prefix = mode === 'SIMPLE' ? 'SIMPLE TLS' : 'MUTUAL TLS';
	const list = asList(tls['tlsCertificates']).map(asRecord);
	const lacking = withOwn
		? (list.length > 0 ? list : [tls]).flatMap((certificate) => [
				...(has(certificate, 'serverCertificate') ? [] : [fault(`${prefix} requires a server certificate`)]),
				...(has(certificate, 'privateKey') ? [] : [fault(`${prefix} requires a private key`)]),
			])
		: [];
	return [
		...several,
		...(withOwn && mode !== 'SIMPLE' && !has(tls, 'caCertificates')
			? [fault(`${prefix} requires a client CA bundle`)]
			: []),
		...lacking,
		...(has(tls, 'caCrl') && has(tls, 'credentialName') ? [fault('CRL is not supported with credentialName')] : []),
		...(has(tls, 'caCrl') && mode === 'SIMPLE' ? [fault('CRL is not supported with SIMPLE TLS')] : []),
	];
}
