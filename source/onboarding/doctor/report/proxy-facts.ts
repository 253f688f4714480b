import {knownOf} from '../../../diagnosis/facts.ts';
import {joinHostPort} from '../../../mesh/ip.ts';
import {proxyLabels} from '../../../mesh/labels.ts';
import {readPayload} from '../../../mesh/token.ts';
import {sanitise} from '../../../output/sanitise.ts';
import {parseCerts, workloadCertificate} from '../../../proxy/certs.ts';
import {parseContainer} from '../../../proxy/container.ts';
import {parseListeners} from '../../../proxy/listeners.ts';
import {parseServerInfo} from '../../../proxy/server-info.ts';
import type {HttpAnswer} from '../../action.ts';
import {stateOf} from '../../steps/verify/explain-proxy.ts';
import {readListing} from '../../steps/verify/istiod.ts';
import type {DoctorRecord} from '../record.ts';

/** A line of the report: what it is, and what was read. */
export type ProxyFact = readonly [name: string, value: string];

/** What is known of a proxy beside its findings, in one order; what is not known has no line. */
export function proxyFacts({context, facts}: DoctorRecord): readonly ProxyFact[] {
	if (context === undefined) return [];
	const lines: ReadonlyArray<readonly [string, string | undefined]> = [
		...entryFacts(context),
		...vmFacts(facts),
		...containerFacts(facts),
		...envoyFacts(facts),
		...istiodFacts(facts, context.target.ref),
	];
	return lines.flatMap(([name, value]) => {
		const clean = (value ?? '').split('\n').map(sanitise).join('\n');
		return clean.trim() === '' ? [] : [[name, clean] as const];
	});
}

type Lines = ReadonlyArray<readonly [string, string | undefined]>;

function entryFacts({target, options}: NonNullable<DoctorRecord['context']>): Lines {
	const {entry, gateway, mesh} = target;
	return [
		['Cluster', [options.context, options.server].filter(Boolean).join(', ')],
		['Address', entry.address],
		['Network', entry.network],
		['Service account', entry.serviceAccount],
		['Labels', JSON.stringify(proxyLabels(entry))],
		['Services', target.services.map(({metadata}) => metadata.name).join(', ')],
		['Inbound', target.ingress.map(({port, defaultEndpoint}) => `${port} → ${defaultEndpoint}`).join(', ')],
		['Gateway', gateway && `${gateway.address} (${gateway.origin})`],
		['Mesh', mesh && `${mesh.trustDomain}, cluster ${mesh.clusterId}, revision ${mesh.revision || 'default'}`],
	];
}

function vmFacts({vm}: DoctorRecord['facts']): Lines {
	const seen = knownOf(vm);
	if (seen === undefined) return [];
	const {os, kernel, architecture, docker, addresses = [], clock} = seen.vm;
	const skew = seen.serverTime === undefined || clock === 0 ? undefined : Math.round(clock - seen.serverTime);
	return [
		['VM', [os.prettyName, kernel, architecture].filter(Boolean).join(', ')],
		['Engine', `${docker.state} ${docker.text}`.trim()],
		['Addresses', addresses.map(({interface: name, address}) => `${address} (${name})`).join(', ')],
		['Clock', skew === undefined ? undefined : `${skew} s against the API server`],
	];
}

function containerFacts({proxy}: DoctorRecord['facts']): Lines {
	const seen = knownOf(proxy);
	if (seen === undefined) return [];
	const container = seen.inspection && parseContainer(seen.inspection.stdout);
	const claims = seen.bundle && readPayload(seen.bundle.payload);
	return [
		['Container', container && `${stateOf(container)}, since ${time(container.startedAt)}`],
		['Image', container?.image],
		[
			'Token',
			claims &&
				`${claims.subject}, for ${claims.audience.join(', ')}, of ${claims.issuer}, ${time(claims.issuedAt)} to ${time(claims.expiresAt)}`,
		],
		['Root certificate', seen.bundle && `${seen.bundle.root}${currency(seen.bundle.rootIsCurrent)}`],
	];
}

/** A stranger's number may be no time at all (ECMA-262, "Time Values and Time Range"). */
function time(seconds = 0): string {
	return seconds > 0 && seconds <= 8.64e12 ? new Date(seconds * 1000).toISOString() : '?';
}

function currency(isCurrent: boolean | undefined): string {
	return isCurrent === undefined ? '' : isCurrent ? ", the mesh's" : ", not the mesh's";
}

function envoyFacts({envoy}: DoctorRecord['facts']): Lines {
	const seen = knownOf(envoy);
	if (seen === undefined) return [];
	const info = bodyOf(seen.info, parseServerInfo);
	const certificate = workloadCertificate(bodyOf(seen.certs, parseCerts) ?? {chain: [], roots: []});
	const words = ({name, address, port}: ReturnType<typeof parseListeners>[number]) =>
		`${joinHostPort(address, port)}${name === '' ? '' : ` ${name}`}`;
	return [
		['Readiness', seen.ready.ok ? `HTTP ${seen.ready.status}` : seen.ready.text],
		[
			'Envoy',
			info && [info.state, info.version, info.istioVersion && `Istio ${info.istioVersion}`].filter(Boolean).join(', '),
		],
		['Stream to istiod', seen.connected === undefined ? undefined : seen.connected ? 'yes' : 'none'],
		[
			'Certificate',
			certificate &&
				`${certificate.names.join(', ')}, serial ${certificate.serial}, ${certificate.validFrom} to ${certificate.expiresAt}`,
		],
		['Listeners', (bodyOf(seen.listeners, parseListeners) ?? []).map(words).join('\n')],
	];
}

function istiodFacts({istiod}: DoctorRecord['facts'], ref: string): Lines {
	const seen = knownOf(istiod);
	if (seen === undefined || !seen.syncz.done) return [];
	const {listed} = readListing(seen.syncz.pods, ref);
	const version = seen.version.done ? seen.version.pods.find(({status}) => status === 200)?.body.trim() : undefined;
	return [
		['istiod', version],
		['Configuration', listed === undefined ? 'in no list of istiod' : `${listed.pod}: ${listed.proxy.detail}`],
	];
}

function bodyOf<T>(answer: HttpAnswer, parse: (body: string) => T): T | undefined {
	return answer.ok && answer.status === 200 ? parse(answer.body) : undefined;
}
