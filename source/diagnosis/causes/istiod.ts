import {fitsIstiod, tagOf, versionOf} from '../../mesh/istio-version.ts';
import type {MeshObjects} from '../../mesh/mesh-objects.ts';
import {isReady} from '../../mesh/pod.ts';
import {asList, asRecord, asText} from '../../mesh/untyped.ts';
import {finding} from '../catalogue.ts';
import type {Evidence, Finding} from '../finding.ts';

/** The audience of the tokens that a VM is given. */
const audience = 'istio-ca';

/**
 * What the istiod that runs will not do for a VM, by its own settings: `token.audience` where it takes no token of ours, `identity.external-ca`
 * where it signs no certificate and nobody else is named who does, `proxy.version-skew` where the proxy's image is of another time.
 */
export function istiodFaults(
	mesh: Pick<MeshObjects, 'context' | 'istiodPods'>,
	global: Readonly<Record<string, unknown>>,
	image: string,
): readonly Finding[] {
	const pod = mesh.istiodPods?.find(isReady);
	if (pod === undefined) return [];
	const container = asList(asRecord(pod.spec)['containers'])
		.map(asRecord)
		.find((one) => one['name'] === 'discovery');
	if (container === undefined) return [];
	const source = `pod/${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
	const tell = (id: Parameters<typeof finding>[0], evidence: readonly Evidence[], summary?: string) => [
		finding(id, {target: `cluster/${mesh.context}`, evidence, ...(summary === undefined ? {} : {summary})}),
	];
	const audiences = variable(container, 'TOKEN_AUDIENCES');
	const signs = variable(container, 'ENABLE_CA_SERVER') !== 'false';
	const [proxy, istiod] = [versionOf(tagOf(image)), versionOf(tagOf(asText(container['image'])))];
	return [
		...(audiences === '' || audiences.split(',').includes(audience)
			? []
			: tell(
					'token.audience',
					[{source: `${source}, TOKEN_AUDIENCES`, text: audiences}],
					`istiod takes no token for the audience ${audience}.`,
				)),
		...(signs || asText(global['caAddress']) !== ''
			? []
			: tell('identity.external-ca', [
					{source: `${source}, ENABLE_CA_SERVER`, text: 'false, and global.caAddress is empty'},
				])),
		...(proxy === undefined || istiod === undefined || fitsIstiod(proxy, istiod)
			? []
			: tell('proxy.version-skew', [{source, text: `proxy ${proxy.text}, istiod ${istiod.text}`}])),
	];
}

function variable(container: Readonly<Record<string, unknown>>, name: string): string {
	const found = asList(container['env'])
		.map(asRecord)
		.find((one) => one['name'] === name);
	return asText(found?.['value']);
}
