import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {clusterEnv} from '../../../source/bundle/package/cluster-env.ts';
import {hostsLine} from '../../../source/bundle/package/hosts.ts';
import {meshYaml} from '../../../source/bundle/package/mesh-yaml.ts';
import {packageProxyConfig} from '../../../source/bundle/package/proxy-config.ts';
import {workloadOfGroup} from '../../../source/bundle/package/workload.ts';
import {readMeshSettings} from '../../../source/mesh/mesh-settings.ts';
import type {MeshSettings} from '../../../source/mesh/target.ts';
import {parseWorkloadGroup} from '../../../source/mesh/workload-group.ts';
import {readMesh} from '../../../source/onboarding/resolve.ts';
import {memoryCluster, parseObjects} from '../../helpers/memory-cluster.ts';

/*
 * The expected files are those of `istioctl x workload entry configure` (istio/istio, Apache-2.0, commit 86c9f01fd73,
 * istioctl/pkg/workload/testdata/vmconfig/ipv4), made with --internalIP 10.10.10.10 --ingressIP 10.10.10.11 and revision rev-1;
 * its ipv6 differs in the two addresses only (fd00:10:96::1, fd00:10:96::2).
 */
const data = new URL('../../conformance/workload-entry-configure/ipv4/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, data), 'utf8');

async function meshWith(config: string): Promise<MeshSettings> {
	const map = (name: string, entries: Record<string, string>) =>
		JSON.stringify({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name, namespace: 'istio-system'}, data: entries});
	const objects = [
		map('istio-rev-1', {mesh: config}),
		map('istio-sidecar-injector-rev-1', {values: '{"global": {"multiCluster": {"clusterName": "Kubernetes"}}}'}),
		map('istio-ca-root-cert', {'root-cert.pem': read('root-cert.pem.golden')}),
	];
	const cluster = memoryCluster(parseObjects(objects.join('\n---\n')));
	const {mesh} = await readMesh(cluster, {flags: {revision: 'rev-1'}, profile: {}});
	const {settings} = readMeshSettings(mesh, undefined);
	if (settings === undefined) throw new Error('no mesh');
	return settings;
}

test.each([
	{internal: '10.10.10.10', ingress: '10.10.10.11'},
	{internal: 'fd00:10:96::1', ingress: 'fd00:10:96::2'},
])('the files of a WorkloadGroup for $internal are istioctl’s, byte for byte', async ({internal, ingress}) => {
	const [object] = parseObjects(read('workloadgroup.yaml'));
	if (object === undefined) throw new Error('no group');
	const mesh = await meshWith(read('meshconfig.yaml'));
	const workload = workloadOfGroup(parseWorkloadGroup(object));
	const gateway = {address: ingress, isIp: true, ports: [], origin: '--gateway'};
	const config = packageProxyConfig(workload, mesh, gateway);
	const golden = (name: string) =>
		read(`${name}.golden`).replaceAll('10.10.10.10', internal).replaceAll('10.10.10.11', ingress);

	expect(clusterEnv(workload, config, mesh, {address: {ip: internal, external: false}})).toBe(golden('cluster.env'));
	expect(meshYaml(config)).toBe(golden('mesh.yaml'));
	expect(hostsLine(mesh, gateway)).toBe(golden('hosts'));
	expect(mesh.rootCertificate).toBe(golden('root-cert.pem'));
});
