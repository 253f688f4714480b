import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createCluster} from '../../source/kubernetes/cluster.ts';
import {parseSyncz} from '../../source/proxy/syncz.ts';
import {expectFindings} from './doctor-lab.ts';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	gatewayAddress,
	kubeconfig,
	kubectl,
	lab,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* Open-source Istio opened for VMs with meshboard alone: the gateway from nothing, then the way to an istiod of another revision, and what doctor says of that one. */

const namespace = 'expand';
const name = 'expand-a';
const target = `${name}.${namespace}`;
const gateway = 'istio-eastwestgateway';
const label = 'topology.istio.io/network';
let meshboard: Meshboard;

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(namespace);
	const ip = await vm.up(name);
	await vm.app(name);
	await apply(entryManifests({name, namespace, ip}));
});

afterAll(async () => {
	meshboard.remove();
	try {
		await lab('revision off canary');
	} finally {
		// As the lab made it, whatever of it is there.
		await takeAway();
		await kubectl(`label namespace istio-system ${label}=cluster-net --overwrite`);
		await lab('gateway');
	}
	await vm.down(name);
	await closeNamespace(namespace);
});

/** The gateway and all that belongs to it, whoever made it. */
async function takeAway(): Promise<void> {
	await kubectl(`-n istio-system delete deployment,service,serviceaccount ${gateway} --ignore-not-found`);
	await kubectl('-n istio-system delete gateways.networking.istio.io,virtualservices --all');
	await kubectl('-n istio-system wait --for=delete pod -l istio=eastwestgateway --timeout=60s');
}

/** Runs a command that must end with this code; its output. */
async function told(words: readonly string[], code = 0) {
	const ended = await meshboard.run(words, {seconds: 170});
	expect(ended.code, ended.stdout + ended.stderr).toBe(code);
	return ended;
}

const answer = () => eventually('the answer', 30, () => askFromPod(namespace, name, 9080));

describe('a mesh without a gateway', () => {
	test('is told all that it lacks, gets it, and waits for what the cluster and the cloud give', async () => {
		await takeAway();
		await kubectl(`label namespace istio-system ${label}-`);
		const lacking = await told(['expand'], 79);
		expect(lacking.stderr).toMatch(/gateway\.not-found.+gateway\.not-exposed.+gateway\.network-unserved/s);
		expect(lacking.stdout.match(/^kind: .+$/gm)).toEqual(
			['Service', 'ServiceAccount', 'Deployment', 'Gateway', 'VirtualService', 'Gateway', 'Namespace'].map(
				(kind) => `kind: ${kind}`,
			),
		);

		const expanding = meshboard.run(['expand', '--apply', '--yes', '--timeout', '120s'], {seconds: 170});
		await eventually('the Deployment', 60, async () =>
			(await kubectl(`-n istio-system get deployment ${gateway} -o name --ignore-not-found`)).includes(gateway),
		);
		// The lab has its images without a registry that the node could ask, and a person in place of a load balancer.
		const container = {name: 'istio-proxy', imagePullPolicy: 'IfNotPresent'};
		const patch = {spec: {template: {spec: {containers: [container]}}}};
		await kubectl(`-n istio-system patch deployment ${gateway} -p`, JSON.stringify(patch));
		await kubectl(`-n istio-system rollout status deployment/${gateway} --timeout=100s`);
		const status = {loadBalancer: {ingress: [{ip: gatewayAddress}]}};
		await kubectl(
			`-n istio-system patch service ${gateway} --subresource=status --type=merge -p`,
			JSON.stringify({status}),
		);
		const {code, stdout, stderr} = await expanding;
		expect(code, stdout + stderr).toBe(0);
		expect(stderr).toMatch(/^waiting for a ready pod of Service istio-system\/istio-eastwestgateway \(/m);
		expect(stdout).toBe(`VMs reach the mesh at ${gatewayAddress} (Service istio-system/${gateway})\n`);
	});

	test('then takes a VM in by it', async () => {
		await told(['onboard', target, '--prepare', '--yes']);
		expect(await answer()).toBe(name);
	});
});

describe('a second istiod, of a revision', () => {
	/** Whether istiods of this revision list the VM. */
	async function lists(revision: string): Promise<boolean> {
		const cluster = await createCluster({kubeconfig: kubeconfig(), env: {}});
		try {
			const pods = await cluster.istiod('istio-system', revision, '/debug/syncz', AbortSignal.timeout(20_000));
			return pods.some(({body}) => parseSyncz(body).some(({proxy}) => proxy === target));
		} finally {
			cluster.close();
		}
	}

	test('has no way from the gateway to it, which expand tells and mends', async () => {
		await lab('revision on canary');
		expect(await lists('default')).toBe(true);
		const {stderr, stdout} = await told(['expand', '--revision', 'canary'], 79);
		expect(stderr).toContain('no VirtualService routes 15012 to istiod-canary.istio-system.svc');
		expect(stdout.match(/^ {2}name: .+$/gm)).toEqual(['  name: istiod-vs-canary']);
		const before = await vm.exec(name, 'docker', 'container', 'inspect', '-f', '{{.Id}}', 'istio-proxy');
		expect((await told(['onboard', target, '--revision', 'canary', '--yes'], 1)).stdout).toMatch(
			/error xds\.name-mismatch: \S+:15012 does not lead to istiod-canary\.istio-system\.svc/,
		);
		expect(await vm.exec(name, 'docker', 'container', 'inspect', '-f', '{{.Id}}', 'istio-proxy')).toBe(before);
		await told(['expand', '--revision', 'canary', '--apply', '--yes']);
		await told(['expand']);
	});

	test('knows nothing of a proxy that talks to the first one → xds.not-synced', async () => {
		await expectFindings(meshboard, target, {errors: ['xds.not-synced']}, {words: ['--revision', 'canary']});
	});

	test('takes the VM over, and the first one loses it', async () => {
		const {stdout} = await told(['onboard', target, '--revision', 'canary', '--yes', '-o', 'json']);
		expect(stdout).toContain('istiod-canary');
		expect(await answer()).toBe(name);
		expect(await lists('canary')).toBe(true);
		await eventually('the first istiod to forget the VM', 30, async () => !(await lists('default')));
		const variables = await vm.exec(name, 'cat', '/etc/istio-proxy/sidecar.env');
		expect(variables).toContain('CA_ADDR=istiod-canary.istio-system.svc:15012');
		expect(variables).toContain('"discoveryAddress":"istiod-canary.istio-system.svc:15012"');
		await expectFindings(meshboard, target, {}, {words: ['--revision', 'canary']});
	});

	test('lets one stream in, and no second → xds.rate-limited', async () => {
		await kubectl('-n istio-system set env deployment/istiod-canary PILOT_MAX_REQUESTS_PER_SECOND=0.0001');
		await kubectl('-n istio-system rollout status deployment/istiod-canary --timeout=60s');
		await eventually('the one stream', 60, () => lists('canary'));
		await vm.exec(name, 'docker', 'restart', '-t', '1', 'istio-proxy');
		await expectFindings(meshboard, target, {warnings: ['xds.rate-limited']}, {words: ['--revision', 'canary']});
	});
});
