import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {containerCommand} from '../../source/bundle/container.ts';
import {bundleFiles} from '../../source/bundle/files.ts';
import {yamlObjects} from '../helpers/memory-cluster.ts';
import {resolve} from '../helpers/mesh.ts';

/*
 * The expected files are those of the engine behind `tctl x sidecar-bootstrap` (tetratelabs/istio, Apache-2.0, commit 4f798f028ba,
 * istioctl/cmd/testdata/sidecar-bootstrap/basic).
 */
const all = new URL('../conformance/sidecar-bootstrap/', import.meta.url);
const data = new URL('basic/', all);
const objects = ['input/k8s.yaml', 'input/istio.yaml'].flatMap((file) => yamlObjects(new URL(file, data)));

test.each([
	{ref: 'my-vm.my-ns', output: 'single'},
	{ref: 'my-vm.my-ns', output: 'multi/my-vm'},
	{ref: 'other-vm.my-ns', output: 'multi/other-vm'},
])('the files of $ref are those of $output, byte for byte', async ({ref, output}) => {
	const files = bundleFiles(await resolve(objects, ref));
	const golden = (name: string) => readFileSync(new URL(`output/${output}/etc/${name}`, data), 'utf8');
	const token = golden('istio-token');
	expect(files.map(({name, mode}) => [name, mode])).toEqual([
		['sidecar.env', 0o644],
		['istio-ca.pem', 0o644],
		['istio-token', 0o640],
	]);
	for (const {name, content} of files) expect(typeof content === 'string' ? content : token).toBe(golden(name));
	expect(files[2]?.content).toEqual({secret: 'token'});
});

const addHosts = (name: string) =>
	['', '.svc', '.svc.cluster', '.svc.cluster.local']
		.map((tail) => `--add-host ${name}.istio-system${tail}:1.2.3.4`)
		.join(' ');

test.each([
	{ref: 'my-vm.my-ns', cluster: 'my-app.my-ns', concurrency: 0},
	{ref: 'other-vm.my-ns', cluster: 'other-service.my-ns', concurrency: 3},
])('the container of $ref starts with the same words', async ({ref, cluster, concurrency}) => {
	expect(containerCommand(await resolve(objects, ref)).join(' ')).toBe(
		'docker run -d --name istio-proxy --restart unless-stopped --network host ' +
			'-v /tmp/istio-proxy/istio-ca.pem:/var/run/secrets/istio/root-cert.pem ' +
			'-v /tmp/istio-proxy/istio-token:/var/run/secrets/tokens/istio-token --env-file /tmp/istio-proxy/sidecar.env ' +
			`${addHosts('istiod')} ${addHosts('zipkin')} docker.io/istio/proxyv2:latest proxy sidecar ` +
			`--serviceCluster ${cluster} --concurrency ${concurrency} --proxyLogLevel info --proxyComponentLogLevel misc:info ` +
			'--trust-domain cluster.local',
	);
});

test.each([
	{variant: 'tetrate', input: ['mesh', 'gateway-ip'], ref: 'payments-vm.payments', output: 'ip'},
	{variant: 'tetrate', input: ['mesh', 'gateway-name'], ref: 'payments-vm.payments', output: 'name'},
	{variant: 'namespaces', input: ['objects'], ref: 'web.shop', output: 'shop'},
	{variant: 'namespaces', input: ['objects'], ref: 'web.billing', output: 'billing'},
])('$variant: the bundle of $ref is $output', async ({variant, input, ref, output}) => {
	const read = (path: string) => readFileSync(new URL(`${variant}/output/${output}/${path}`, all), 'utf8');
	const target = await resolve(
		input.flatMap((file) => yamlObjects(new URL(`${variant}/input/${file}.yaml`, all))),
		ref,
	);
	const [env, root] = bundleFiles(target);
	expect(env?.content).toBe(read('etc/sidecar.env'));
	expect(root?.content).toBe('ROOT');
	expect(containerCommand(target).join('\n')).toBe(read('docker-run').trimEnd());
});
