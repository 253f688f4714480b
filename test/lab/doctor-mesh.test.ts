import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {expectFindings} from './doctor-lab.ts';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	kubectl,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {readContainer, runContainer, startAnew} from './proxy-container.ts';
import {type ProxyFault, proxyFaults} from './proxy-faults.ts';

/* `doctor` on causes that only a mesh shows: two proxies of one name, an entry that no longer fits, an account made again. */

const [name, other] = ['doctor-mesh', 'doctor-twin'];
const namespace = name;
const target = `${name}.${namespace}`;
let meshboard: Meshboard;
let objects: readonly object[];

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(namespace);
	const [ip, twinIp] = await Promise.all([vm.up(name), vm.up(other)]);
	await vm.app(name);
	objects = entryManifests({name, namespace, ip});
	await apply([...objects, ...entryManifests({name: other, namespace, ip: twinIp})]);
	const words = ['onboard', target, `${other}.${namespace}`, '--prepare', '--yes'];
	// The twin has no application, which is all that is wrong with it.
	const {stdout, stderr} = await meshboard.run(words, {seconds: 200});
	expect(stdout + stderr).toContain('app.not-listening');
	await onVm('cp -a /etc/istio-proxy /root/saved');
}, 300_000);

afterAll(async () => {
	meshboard.remove();
	await Promise.all([vm.down(name), vm.down(other)]);
	await closeNamespace(namespace);
});

const onVm = (script: string, on = name) => vm.exec(on, 'sh', '-c', script);
const answers = () =>
	eventually('the answer of the VM', 60, async () => (await askFromPod(namespace, name, 9080)) === name);
const annotate = (annotation: string) =>
	kubectl(`-n ${namespace} annotate workloadentry ${name} --overwrite ${annotation}`);
const chain = [
	'-N ISTIO_OUTPUT',
	'-A OUTPUT -p tcp -j ISTIO_OUTPUT',
	'-A ISTIO_OUTPUT -p tcp --dport 7999 -j REDIRECT --to-ports 15001',
];

const nothing = async () => undefined;
const faults: readonly ProxyFault[] = [
	{
		title: 'rules of a former proxy redirect traffic',
		errors: ['iptables.leftover-rules'],
		make: () => onVm(chain.map((rule) => `iptables -t nat ${rule}`).join(' && ')),
		mend: () =>
			onVm(
				'iptables -t nat -D OUTPUT -p tcp -j ISTIO_OUTPUT; iptables -t nat -F ISTIO_OUTPUT; iptables -t nat -X ISTIO_OUTPUT',
			),
	},
	{
		title: 'a destination that the Sidecar leaves out',
		warnings: ['traffic.host-not-visible'],
		words: ['--reach', 'pay.shop:80'],
		make: nothing,
		mend: nothing,
	},
	{
		title: 'a destination that does not resolve to the proxy',
		warnings: ['traffic.hosts-entry-missing'],
		words: ['--reach', `${name}.${namespace}.svc.cluster.local:9080`],
		make: nothing,
		mend: nothing,
	},
	{
		title: 'a container that does not start with the machine',
		warnings: ['vm.not-reboot-safe'],
		make: () => onVm('docker update --restart no istio-proxy'),
		mend: () => onVm('docker update --restart unless-stopped istio-proxy'),
	},
	{
		// istiod withholds an entry whose health it is to be told and is not; and only a linked proxy tells it.
		title: 'a probe whose results nobody writes',
		errors: ['service.endpoint-missing'],
		warnings: ['entry.not-linked'],
		make: () => annotate('proxy.istio.io/health-checks-enabled=true'),
		mend: () => annotate('proxy.istio.io/health-checks-enabled-'),
	},
	...proxyFaults(name),
];

let mend: () => Promise<unknown> = nothing;
afterEach(async () => {
	await mend();
	mend = nothing;
}, 60_000);

test.each(faults)(
	'$title → $errors $warnings',
	{timeout: 120_000},
	async ({make, mend: undo, errors = [], warnings = [], words = []}) => {
		await answers();
		mend = undo;
		await make();
		const {code, whole} = await expectFindings(meshboard, target, {errors, warnings}, {words});
		expect(code, whole).toBe(errors.length > 0 ? 79 : 0);
	},
);

test('two machines with one bundle → identity.duplicate-proxy', {timeout: 200_000}, async () => {
	await answers();
	const bundle = await onVm('tar -C /etc/istio-proxy -c . | base64 -w 0');
	const own = await readContainer(name);
	await onVm(`docker rm -f istio-proxy; echo ${bundle} | base64 -d | tar -C /etc/istio-proxy -x`, other);
	await runContainer(other, own);
	// It counts after a minute: so long a proxy may be listed twice that connects anew.
	await expectFindings(meshboard, target, {errors: ['identity.duplicate-proxy']}, {seconds: 120});
	await onVm('docker rm -f istio-proxy', other);
});

test('an entry that outlived its VM → entry.stale, beside what it is seen by', {timeout: 60_000}, async () => {
	// istiod sets this on what it registered itself, and takes both away: that it did not is what is simulated.
	const entry = `${other}.${namespace}`;
	await vm.exec(other, 'systemctl', 'stop', 'ssh');
	await kubectl(`-n ${namespace} annotate workloadentry ${other} istio.io/disconnectedAt=2026-01-01T00:00:00Z`);
	await expectFindings(meshboard, entry, {errors: ['ssh.refused'], warnings: ['entry.stale']});
});

test('an account that was made again → token.foreign', {timeout: 120_000}, async () => {
	await answers();
	await kubectl(`-n ${namespace} delete serviceaccount ${name}`);
	await apply(objects);
	await startAnew(name);
	await expectFindings(meshboard, target, {errors: ['token.foreign']});
});
