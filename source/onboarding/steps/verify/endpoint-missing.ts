import type {Finding} from '../../../diagnosis/finding.ts';
import {isIp} from '../../../mesh/ip.ts';
import {proxyLabels} from '../../../mesh/labels.ts';
import {shardsOf} from '../../../proxy/endpoint-shards.ts';
import type {IstiodAnswer} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {findingAbout} from '../stopped-by.ts';
import {routesTo} from './routes.ts';

/** `service.endpoint-missing`: no istiod offers the VM for a Service that selects it. Where one was not to be asked, nothing is said. */
export function endpointMissing(context: StepContext, answer: IstiodAnswer): Finding | undefined {
	const {target} = context;
	const {address} = target.entry;
	if (!answer.done || answer.pods.length === 0 || !isIp(address)) return undefined;
	for (const {service, namespace} of routesTo(target)) {
		const shards = answer.pods.map(({status, body}) =>
			status === 200 ? shardsOf(body, service, namespace) : undefined,
		);
		const known = shards.filter((text) => text !== undefined);
		if (known.length < shards.length || known.some((text) => text.includes(`"${address}"`))) continue;
		const offered = known.filter((text) => text !== '').join('\n');
		return findingAbout(context, 'service.endpoint-missing', [
			{source: `istiod /debug/endpointShardz, ${service}.${namespace}`, text: offered || 'no endpoint'},
			{
				source: `workloadentry/${target.entry.namespace}/${target.entry.name}, labels`,
				text: JSON.stringify(proxyLabels(target.entry)),
			},
		]);
	}
	return undefined;
}
