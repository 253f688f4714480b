import {describe, expect, test} from 'vitest';
import {readExpansion} from '../../source/onboarding/expansion.ts';
import {memoryCluster, parseObjects} from '../helpers/memory-cluster.ts';

/** What istiod of a revision leaves in the cluster. */
const revisionNamed = (revision: string) => {
	const suffix = revision === '' ? '' : `-${revision}`;
	return parseObjects(`
{kind: ConfigMap, metadata: {name: istio${suffix}, namespace: istio-system}, data: {mesh: ''}}
---
kind: ConfigMap
metadata: {name: istio-sidecar-injector${suffix}, namespace: istio-system}
data: {values: '{"global": {"network": "net-of-${revision}"}}'}
---
{kind: ConfigMap, metadata: {name: istio-ca-root-cert, namespace: istio-system}, data: {root-cert.pem: PEM}}`);
};

describe('the revision', () => {
	test.each([
		['the default one', [''], '', '', []],
		['the default one beside another', ['', 'canary'], '', '', []],
		['the default one by its name', [''], 'default', '', []],
		['the only one, when nobody asked', ['canary'], '', 'canary', []],
		['the one that was asked for', ['', 'canary'], 'canary', 'canary', []],
	])('%s', async (_title, installed, asked, revision, otherRevisions) => {
		const cluster = memoryCluster(installed.flatMap(revisionNamed));
		expect(await readExpansion(cluster, 'istio-system', asked)).toMatchObject({
			revision,
			otherRevisions,
			absent: [],
			network: `net-of-${revision}`,
		});
	});

	test.each([
		['of two, without being asked', ['blue', 'green'], '', '', 'istio-sidecar-injector', ['blue', 'green']],
		['the default one, when it was asked for', ['blue'], 'default', '', 'istio-sidecar-injector', ['blue']],
		['one that is not there', ['blue'], 'red', 'red', 'istio-sidecar-injector-red', ['blue']],
		['of no Istio', [], '', '', 'istio-sidecar-injector', []],
	])('none %s', async (_title, installed, asked, revision, name, otherRevisions) => {
		const cluster = memoryCluster(installed.flatMap(revisionNamed));
		expect(await readExpansion(cluster, 'istio-system', asked)).toMatchObject({
			revision,
			otherRevisions,
			absent: [`ConfigMap ${name} was not found`],
		});
	});

	test('may not be read: unknown, which is not absent', async () => {
		const cluster = memoryCluster([]);
		cluster.refuse((call) => call.includes('configmaps'));
		expect(await readExpansion(cluster, 'istio-system', '')).toMatchObject({revision: '', absent: []});
	});
});
