import {asRecord, asText, isMapping} from '../mesh/untyped.ts';
import {asNumber, asRecords, readJson} from './json.ts';

/** A certificate that Envoy holds. */
export type ProxyCertificate = {
	readonly serial: string;
	/** Subject alternative names: URIs (SPIFFE ids), DNS names, IP addresses. */
	readonly names: readonly string[];
	/** Whole days as Envoy counts them: 0 for the last day, so also for all the life of a certificate of 24 hours. */
	readonly daysLeft: number;
	/** RFC 3339. */
	readonly validFrom: string;
	readonly expiresAt: string;
};

/** What Envoy holds: its own chains, leaf first, and the roots that it trusts. */
export type ProxyCertificates = {
	readonly chain: readonly ProxyCertificate[];
	readonly roots: readonly ProxyCertificate[];
};

/** Reads `/certs` (envoy.admin.v3.Certificates); undefined when it is none. */
export function parseCerts(body: string): ProxyCertificates | undefined {
	const answer = readJson(body);
	if (!isMapping(answer)) return undefined;
	const groups = asRecords(answer.certificates);
	return {
		chain: groups.flatMap((group) => asRecords(group.cert_chain).map(readCertificate)),
		roots: groups.flatMap((group) => asRecords(group.ca_cert).map(readCertificate)),
	};
}

/** The certificate with which the proxy shows who it is: the first that holds a SPIFFE id. */
export function workloadCertificate({chain}: ProxyCertificates): ProxyCertificate | undefined {
	return chain.find(({names}) => names.some((name) => name.startsWith('spiffe://')));
}

function readCertificate(value: Readonly<Record<string, unknown>>): ProxyCertificate {
	return {
		serial: asText(value.serial_number),
		names: asRecords(value.subject_alt_names).flatMap((name) => {
			const {uri, dns, ip_address: ip} = asRecord(name);
			return [asText(uri), asText(dns), asText(ip)].filter(Boolean);
		}),
		daysLeft: asNumber(value.days_until_expiration),
		validFrom: asText(value.valid_from),
		expiresAt: asText(value.expiration_time),
	};
}
