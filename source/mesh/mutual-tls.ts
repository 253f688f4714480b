import type {KubernetesObject} from './kubernetes-object.ts';
import {type Labels, selects} from './labels.ts';
import {asList, asRecord, asText, asTexts} from './untyped.ts';

/** What an object of Istio says about TLS, and in which of its fields. */
export type TlsRule = {readonly mode: string; readonly object: KubernetesObject; readonly field: string};

/**
 * What the port of a workload takes, as the PeerAuthentications say it: the workload's own, by port and in general, before the
 * namespace's, before the mesh's, of each the oldest (istio/istio, pilot/pkg/security/authn/policy_applier.go, ComposePeerAuthentication).
 * undefined where none says anything: both, plaintext and mTLS.
 */
export function inboundTls(
	policies: readonly KubernetesObject[],
	workload: {readonly namespace: string; readonly labels: Labels; readonly port: number},
	rootNamespace: string,
): TlsRule | undefined {
	const inOrder = policies.toSorted((a, b) => bornAt(a).localeCompare(bornAt(b)));
	const of = (namespace: string, fits: (selector: Labels) => boolean) =>
		inOrder.find((policy) => policy.metadata.namespace === namespace && fits(selectorOf(policy)));
	const everywhere = (selector: Labels) => Object.keys(selector).length === 0;
	const own = of(workload.namespace, (selector) => selects(selector, workload.labels));
	const said = [
		{object: own, field: `portLevelMtls.${workload.port}`, part: asRecord(specOf(own)['portLevelMtls'])[workload.port]},
		...[own, of(workload.namespace, everywhere), of(rootNamespace, everywhere)].map((object) => ({
			object,
			field: 'mtls',
			part: specOf(object)['mtls'],
		})),
	];
	for (const {object, field, part} of said) {
		const mode = asText(asRecord(part)['mode']);
		if (object !== undefined && mode !== '' && mode !== 'UNSET') return {mode, object, field: `${field}.mode`};
	}
	return undefined;
}

function specOf(object: KubernetesObject | undefined) {
	return asRecord(object?.spec);
}

function selectorOf(policy: KubernetesObject): Labels {
	return asTexts(asRecord(specOf(policy)['selector'])['matchLabels']);
}

function bornAt({metadata}: KubernetesObject): string {
	return metadata.creationTimestamp ?? '';
}

/**
 * How clients in a namespace are told to speak to a port of a Service, as the DestinationRules say it: those of the client's namespace
 * before the Service's, before the mesh's; the nearest name of the host, of equal ones the oldest; a port's settings in the place of all
 * others (istio/istio, pilot/pkg/model/push_context.go, destinationRule; istio/api, TrafficPolicy.portLevelSettings). Rules for chosen
 * clients are left out. undefined where none says anything: by what each endpoint can.
 */
export function outboundTls(
	rules: readonly KubernetesObject[],
	to: {readonly service: string; readonly namespace: string; readonly port: number; readonly from: string},
	rootNamespace: string,
): TlsRule | undefined {
	for (const namespace of [to.from, to.namespace, rootNamespace]) {
		const [object] = rules
			.filter(({metadata}) => metadata.namespace === namespace)
			.filter((rule) => specOf(rule)['workloadSelector'] === undefined && isVisible(rule, to.from) && isFor(rule, to))
			.toSorted((a, b) => nearness(b) - nearness(a) || bornAt(a).localeCompare(bornAt(b)));
		if (object === undefined) continue;
		const policy = asRecord(specOf(object)['trafficPolicy']);
		const ofPort = asList(policy['portLevelSettings']).find(
			(one) => asRecord(asRecord(one)['port'])['number'] === to.port,
		);
		const [part, field] =
			ofPort === undefined
				? [policy, 'trafficPolicy.tls.mode']
				: [asRecord(ofPort), `trafficPolicy.portLevelSettings[${to.port}].tls.mode`];
		const mode = asText(asRecord(part['tls'])['mode']);
		return mode === '' ? undefined : {mode, object, field};
	}
	return undefined;
}

function isVisible(rule: KubernetesObject, from: string): boolean {
	const exported = asList(specOf(rule)['exportTo']);
	const own = rule.metadata.namespace === from;
	return exported.length === 0 || exported.includes('*') || exported.includes(from) || (own && exported.includes('.'));
}

function hostOf(rule: KubernetesObject): string {
	return asText(specOf(rule)['host']);
}

function isFor(rule: KubernetesObject, {service, namespace}: {service: string; namespace: string}): boolean {
	const host = hostOf(rule);
	if (host.startsWith('*')) return `${service}.${namespace}.svc.cluster.local`.endsWith(host.slice(1));
	// A name without a dot is of the rule's own namespace.
	if (!host.includes('.')) return host === service && rule.metadata.namespace === namespace;
	return host.startsWith(`${service}.${namespace}.svc.`);
}

/** A whole name is nearer than a pattern, and of patterns the longer one. */
function nearness(rule: KubernetesObject): number {
	const host = hostOf(rule);
	return host.startsWith('*') ? host.length : Number.POSITIVE_INFINITY;
}
