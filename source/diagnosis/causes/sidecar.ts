import {correctSidecar} from '../../mesh/correct-sidecar.ts';
import {splitHostPort} from '../../mesh/ip.ts';
import {misses, selectionLabels} from '../../mesh/labels.ts';
import {endpointPort, type ServiceFacts} from '../../mesh/service.ts';
import {type Claims, effectiveSidecar, type SidecarFacts} from '../../mesh/sidecar.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import {quote} from '../../vm/quote.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';
import {entryTarget} from './entry.ts';

const targetOf = ({namespace, name}: SidecarFacts) => `sidecar/${namespace}/${name}`;
const sourceOf = ({namespace, name}: SidecarFacts) => `sidecar ${namespace}/${name}`;

/** `sidecar.missing`: with interception NONE only a Sidecar's `ingress` opens a port. `all`: the Sidecars of the namespace. */
export function sidecarMissing(
	entry: WorkloadEntry,
	interceptionMode: string,
	claims: Claims,
	all: readonly SidecarFacts[],
): readonly Finding[] {
	const sidecar = effectiveSidecar(claims);
	// A listener that lost its port is a finding of the Sidecar, which explains this one.
	if (interceptionMode !== 'NONE' || (sidecar !== undefined && (sidecar.ingress.length > 0 || sidecar.dropped)))
		return [];
	const labels = selectionLabels(entry);
	const near = all
		.filter((one) => Object.keys(one.selector).length > 0 && one.ingress.length > 0)
		.map((one) => ({one, miss: misses(one.selector, labels)}))
		.filter(({one, miss}) => miss.length > 0 && miss.length < Object.keys(one.selector).length)
		.sort((a, b) => a.miss.length - b.miss.length);
	const evidence =
		sidecar === undefined
			? [
					{
						source: `sidecars -n ${entry.namespace}`,
						text: `none selects ${entry.name}, and none is for the whole namespace`,
					},
				]
			: [{source: sourceOf(sidecar), text: 'has no ingress'}];
	return [
		finding('sidecar.missing', {
			target: entryTarget(entry),
			evidence: [
				...evidence,
				...near.slice(0, 3).map(({one, miss}) => ({source: sourceOf(one), text: miss.join('; ')})),
			],
			values: {ns: quote(entry.namespace)},
		}),
	];
}

/** `sidecar.conflict`: oldest first, as istiod chooses. */
export function sidecarConflict(entry: WorkloadEntry, claims: Claims): readonly Finding[] {
	return [claims.selecting, claims.unselective].flatMap((rivals) => {
		const [oldest] = rivals;
		if (oldest === undefined || rivals.length < 2) return [];
		return [
			finding('sidecar.conflict', {
				target: targetOf(oldest),
				evidence: rivals.map((rival, index) => ({
					source: sourceOf(rival),
					text: rivals.some(({createdAt}) => createdAt === '')
						? `made ${rival.createdAt || 'not yet'}: istiod takes the one that is made first`
						: `made ${rival.createdAt}${index === 0 ? ': istiod takes this one' : ': ignored'}`,
				})),
				values: {ns: quote(entry.namespace)},
			}),
		];
	});
}

/** `sidecar.port-unmatched`: a port to which clients are sent, and which no ingress opens. A named target without number is `service.target-port`. */
export function portUnmatched(
	entry: WorkloadEntry,
	sidecar: SidecarFacts | undefined,
	services: readonly ServiceFacts[],
): readonly Finding[] {
	if (sidecar === undefined || sidecar.ingress.length === 0 || sidecar.dropped) return [];
	const open = new Set(sidecar.ingress.map(({port}) => port));
	const closed = services.flatMap((service) =>
		service.ports.flatMap((port) => {
			const number = endpointPort(port, entry.ports);
			if (port.protocol === 'UDP' || number === undefined || open.has(number)) return [];
			const name = port.name === '' ? `${port.number}` : `${port.name} ${port.number}`;
			const source = `${service.kind} ${service.namespace}/${service.name}`;
			return [{open: {number, name: port.name}, source, text: `port ${name} goes to ${number} of the VM`}];
		}),
	);
	if (closed.length === 0) return [];
	const opens = [...open].sort((a, b) => a - b).join(', ');
	return [
		finding('sidecar.port-unmatched', {
			target: targetOf(sidecar),
			evidence: [
				...closed.map(({source, text}) => ({source, text})),
				{source: sourceOf(sidecar), text: `ingress opens ${opens}`},
			],
			manifest: correctSidecar(sidecar.object, {open: closed.map((one) => one.open)}),
		}),
	];
}

/** `sidecar.ingress-binds-app`: the listener takes the application's own address, or forwards to itself. */
export function ingressBindsApp(sidecar: SidecarFacts | undefined): readonly Finding[] {
	if (sidecar === undefined) return [];
	const wrong = sidecar.ingress.flatMap(({port, bind, defaultEndpoint}) => {
		const {host, port: appPort} = splitHostPort(defaultEndpoint);
		if (appPort !== port) return [];
		if (['127.0.0.1', '::1', '0.0.0.0', '::'].includes(bind))
			return [`port ${port} binds ${bind}, where the application listens (${defaultEndpoint})`];
		return bind === '' && ['0.0.0.0', '::'].includes(host)
			? [`port ${port} forwards to ${defaultEndpoint}, which is the listener itself`]
			: [];
	});
	if (wrong.length === 0) return [];
	return [
		finding('sidecar.ingress-binds-app', {
			target: targetOf(sidecar),
			evidence: wrong.map((text) => ({source: sourceOf(sidecar), text})),
			manifest: correctSidecar(sidecar.object),
		}),
	];
}
