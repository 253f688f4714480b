import {mtlsMismatch} from '../../../diagnosis/causes/mutual-tls.ts';
import type {Finding} from '../../../diagnosis/finding.ts';
import {proxyLabels} from '../../../mesh/labels.ts';
import {inboundTls, outboundTls} from '../../../mesh/mutual-tls.ts';
import {tlsModeOf} from '../../../proxy/endpoint-shards.ts';
import {type IstiodAnswer, type Procedure, performAll} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {findingAbout} from '../stopped-by.ts';
import type {Route} from './routes.ts';

/**
 * `traffic.mtls-mismatch`: the policies that meet on a route disagree about mTLS, which Envoy tells only as a connection that failed.
 * `from`: the namespace of the pod whose request failed. undefined where they agree, or may not be read.
 */
export function* lookForMismatch(
	context: StepContext,
	route: Route,
	from: string,
	shards: IstiodAnswer,
): Procedure<Finding | undefined> {
	const {entry, mesh} = context.target;
	const {service, namespace, port, vmPort} = route;
	if (vmPort === undefined) return undefined;
	const root = mesh?.istioNamespace ?? 'istio-system';
	const list = (group: string, resource: string, where: string) =>
		({kind: 'list', resource: {group, resource}, namespace: where}) as const;
	const policies = [...new Set([entry.namespace, root])].map((where) =>
		list('security.istio.io', 'peerauthentications', where),
	);
	const rules = [...new Set([from, namespace, root])].map((where) =>
		list('networking.istio.io', 'destinationrules', where),
	);
	const answers = yield* performAll(...policies, ...rules);
	const objects = answers.map((answer) => (answer.done ? answer.objects : undefined));
	// What may not be read may be what decides.
	if (objects.includes(undefined)) return undefined;
	const of = (begin: number, end: number) => objects.slice(begin, end).flatMap((some) => some ?? []);
	const bodies = shards.done ? shards.pods.filter(({status}) => status === 200).map(({body}) => body) : [];
	const sides = {
		inbound: inboundTls(
			of(0, policies.length),
			{namespace: entry.namespace, labels: proxyLabels(entry), port: vmPort},
			root,
		),
		outbound: outboundTls(of(policies.length, answers.length), {service, namespace, port, from}, root),
		endpoint: bodies.map((body) => tlsModeOf(body, service, namespace, entry.address)).find(Boolean),
	};
	const mismatch = mtlsMismatch(sides, vmPort);
	return mismatch && findingAbout(context, 'traffic.mtls-mismatch', mismatch.evidence, mismatch.summary);
}
