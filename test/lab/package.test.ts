import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	gatewayAddress,
	kubeconfig,
	kubectl,
	type Meshboard,
	must,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {buildPackage, istioctl} from './sidecar-package.ts';

/* The proxy as the service of Istio's package, with interception: installed, configured, started and proven on real VMs. */

const namespace = 'package';
const own = {name: 'package-a', app: 'package-a'};
const grouped = {name: 'package-b', group: 'package-group'};
const group = {
	apiVersion: 'networking.istio.io/v1',
	kind: 'WorkloadGroup',
	metadata: {name: grouped.group, namespace},
	spec: {
		metadata: {labels: {app: grouped.group, version: 'v2'}, annotations: {'example.com/team': 'ratings'}},
		template: {serviceAccount: grouped.group, network: 'vm-net', ports: {http: 9080}},
		probe: {httpGet: {port: 9080}, periodSeconds: 5},
	},
};
let meshboard: Meshboard;
let deb: string;
let groupedIp: string;

beforeAll(async () => {
	meshboard = newMeshboard();
	deb = await buildPackage();
	await openNamespace(namespace);
	const [ip, other] = await Promise.all([vm.up(own.name), vm.up(grouped.name)]);
	groupedIp = other;
	// Captured requests come in by the VM's own address.
	await Promise.all([own, grouped].map(({name}) => vm.app(name, 9080, '0.0.0.0')));
	// sshd on a port that istioctl does not know of.
	await vm.exec(
		own.name,
		'sh',
		'-c',
		"printf 'Port 22\\nPort 2222\\n' >/etc/ssh/sshd_config.d/p.conf; systemctl restart ssh",
	);
	const [entry, service] = [
		entryManifests({name: own.name, namespace, ip}),
		entryManifests({name: grouped.group, namespace, ip: other}),
	];
	await apply(entry.filter((object) => (object as {kind: string}).kind !== 'Sidecar'));
	await apply([...service.filter((object) => /^Service/.test((object as {kind: string}).kind)), group]);
}, 300_000);

afterAll(async () => {
	meshboard.remove();
	rmSync(dirname(deb), {recursive: true, force: true});
	await Promise.all([own, grouped].map(({name}) => vm.down(name)));
	await closeNamespace(namespace);
});

/** What a run of ours would change on a VM. */
const stateOf = (name: string) =>
	vm.exec(
		name,
		'sh',
		'-c',
		"systemctl show -p ActiveEnterTimestamp,MainPID istio; stat -c '%n %Y %a %U' /etc/certs/root-cert.pem /etc/hosts /var/lib/istio/envoy/cluster.env /etc/istio/config/mesh /var/lib/istio/istio-token",
	);

/** The kernel's rules of interception, as they are now: istio-iptables takes one of the two kinds of iptables that a Debian has. */
async function natRules(name: string): Promise<string> {
	const saved = await Promise.all(
		['iptables-nft-save', 'iptables-legacy-save'].map((save) => vm.exec(name, save, '-t', 'nat')),
	);
	return saved.filter((text) => /^:ISTIO_/m.test(text)).join('\n');
}

type Report = {
	results: Array<{
		outcome: string;
		findings: Array<{id: string; severity: string; evidence: Array<{text: string}>}>;
		steps: Array<{id: string; state: string; detail: string}>;
	}>;
};
const onboard = (...words: readonly string[]) => carryOut('onboard', ...words);

async function carryOut(...words: readonly string[]) {
	const {code, stdout, stderr} = await meshboard.run([...words, '--yes', '--output', 'json'], {seconds: 280});
	const report = stdout === '' ? {results: []} : (JSON.parse(stdout) as Report);
	const [result] = report.results;
	const told = `${stderr}\n${JSON.stringify(
		result?.steps.map(({id, state, detail}) => [id, state, detail]),
		null,
		1,
	)}`;
	return {code, told, result, step: (id: string) => result?.steps.find((step) => step.id === id)};
}

describe('an entry', () => {
	test('without the package on its VM is told what is missing', async () => {
		const {code, result, told} = await onboard(`${own.name}.${namespace}`, '--layout', 'package');
		expect(code, told).toBe(1);
		expect(result?.findings.map(({id}) => id)).toContain('vm.runtime-missing');
	});

	test('gets the package, its files and the service, and is in the mesh', async () => {
		const words = [`${own.name}.${namespace}`, '--layout', 'package', '--package', deb, '--ssh-port', '2222'];
		const {code, told, step} = await onboard(...words);
		expect(code, told).toBe(0);
		expect(step('bootstrap.install')?.detail).toBe('istio-sidecar 1.31.0, installed');
		expect(step('verify.request')?.state, told).toBe('succeeded');
		expect((await askFromPod(namespace, own.app, 9080)).trim()).toBe(own.name);
		const env = await vm.exec(own.name, 'cat', '/var/lib/istio/envoy/cluster.env');
		expect(env).toContain("ISTIO_LOCAL_EXCLUDE_PORTS='22,15090,15021,15020,2222'");
		const rules = await natRules(own.name);
		expect(rules).toContain('-A PREROUTING -p tcp -j ISTIO_INBOUND');
		expect(rules).toContain('-A ISTIO_INBOUND -p tcp -m tcp --dport 2222 -j RETURN');
		expect(rules).toContain('-A OUTPUT -j ISTIO_OUTPUT');
		expect(await vm.exec(own.name, 'cat', '/etc/hosts')).toContain(`${gatewayAddress} istiod.istio-system.svc #`);
	});

	test('is left as it is the second time', async () => {
		const before = await stateOf(own.name);
		const {code, told, step} = await onboard(`${own.name}.${namespace}`, '--layout', 'package');
		expect(code, told).toBe(0);
		expect(step('bootstrap.compare')?.detail).toBe('unchanged: files, token and service are as they should be');
		expect(await stateOf(own.name)).toBe(before);
	});

	test('gets back what is changed, and a service that stopped', async () => {
		await vm.exec(own.name, 'sh', '-c', 'systemctl stop istio; echo broken >/etc/istio/config/mesh');
		const {code, told, step} = await onboard(`${own.name}.${namespace}`, '--layout', 'package');
		expect(code, told).toBe(0);
		expect(step('bootstrap.files')?.detail).toBe('/etc/istio/config/mesh');
		expect((await askFromPod(namespace, own.app, 9080)).trim()).toBe(own.name);
	});

	test('is back with its token after /run was emptied', async () => {
		await vm.exec(
			own.name,
			'sh',
			'-c',
			'systemctl stop istio; rm -rf /run/secrets /etc/certs/cert-chain.pem; systemctl start istio',
		);
		await eventually(
			'the proxy',
			60,
			async () => (await vm.exec(own.name, 'curl', '-sf', 'http://127.0.0.1:15021/healthz/ready')) === '',
		);
		expect((await askFromPod(namespace, own.app, 9080)).trim()).toBe(own.name);
	});
});

describe('a VM of a WorkloadGroup', () => {
	const words = () => ['--group', `${grouped.group}.${namespace}`, '--host', groupedIp, '--package', deb];

	test('for which there may be no entry is told so → entry.not-registered', async () => {
		const entries = 'count/workloadentries.networking.istio.io';
		const spec = {hard: {[entries]: '1'}};
		await apply([{apiVersion: 'v1', kind: 'ResourceQuota', metadata: {name: 'full', namespace}, spec}]);
		try {
			const used = () => kubectl(`-n ${namespace} get resourcequota full -o jsonpath={.status.used}`);
			await eventually('the quota to count', 20, async () => (await used()).includes('"1"'));
			const {code, told, result} = await onboard(...words(), '--timeout', '30s');
			expect(code, told).toBe(65);
			const errors = result?.findings.filter(({severity}) => severity === 'error');
			expect(errors?.map(({id}) => id)).toEqual(['entry.not-registered']);
			expect(errors?.[0]?.evidence.map(({text}) => text).join('\n')).toContain('exceeded quota: full');
		} finally {
			await kubectl(`-n ${namespace} delete resourcequota full`);
		}
	});

	test('is registered by istiod, and is in the mesh', async () => {
		const {code, told, step} = await onboard(...words());
		expect(code, told).toBe(0);
		const name = `${grouped.group}-${groupedIp}-vm-net`;
		expect(step('verify.registered')?.detail).toContain(`${name}.${namespace}`);
		expect(await kubectl(`-n ${namespace} get workloadentry ${name} -o jsonpath={.spec.labels.version}`)).toBe('v2');
		const answer = await eventually('an answer', 60, () => askFromPod(namespace, grouped.group, 9080));
		expect(answer.trim()).toBe(grouped.name);
	});

	test('has the files that istioctl makes for it, and a name', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'meshboard-istioctl-'));
		try {
			const file = join(folder, 'group.json');
			writeFileSync(file, JSON.stringify(group));
			const words = [
				'-f',
				file,
				'-o',
				folder,
				'--autoregister',
				'--internalIP',
				groupedIp,
				'--ingressIP',
				gatewayAddress,
			];
			await must(istioctl, ['x', 'workload', 'entry', 'configure', '--kubeconfig', kubeconfig(), ...words]);
			const theirs = (name: string) => readFileSync(join(folder, name), 'utf8');
			const ours = (path: string) => vm.exec(grouped.name, 'cat', path).then((text) => `${text}\n`);
			expect(await ours('/etc/istio/config/mesh')).toBe(theirs('mesh.yaml'));
			const named = `POD_NAME='${grouped.group}-${groupedIp}-vm-net'\n`;
			expect((await ours('/var/lib/istio/envoy/cluster.env')).replace(named, '')).toBe(theirs('cluster.env'));
			expect(await ours('/etc/certs/root-cert.pem')).toBe(theirs('root-cert.pem'));
			expect(await ours('/etc/hosts')).toContain(theirs('hosts').trim());
		} finally {
			rmSync(folder, {recursive: true, force: true});
		}
	});
});

describe('what a program on the VM asks for', () => {
	/** Requests that Envoy has sent to the other VM on behalf of a Service. */
	const sent = async () => {
		const clusters = await vm.exec(own.name, 'curl', '-sf', 'http://127.0.0.1:15000/clusters');
		const service = `outbound|9080||${grouped.group}.${namespace}.svc.cluster.local::${groupedIp}:9080::rq_success::`;
		return Number(
			clusters
				.split('\n')
				.find((line) => line.startsWith(service))
				?.slice(service.length),
		);
	};

	test('goes through Envoy, by name as by IP, until the service stops and takes its rules along', async () => {
		const clusterIp = await kubectl(`-n ${namespace} get service ${grouped.group} -o jsonpath={.spec.clusterIP}`);
		const before = await sent();
		for (const host of [clusterIp, `${grouped.group}.${namespace}`, grouped.group]) {
			const answer = await vm.exec(own.name, 'curl', '-sSf', '-m', '10', `http://${host}:9080/`);
			expect(answer.trim(), host).toBe(grouped.name);
		}
		expect(await sent()).toBe(before + 3);
		await vm.exec(own.name, 'systemctl', 'stop', 'istio');
		expect(await natRules(own.name)).toBe('');
	});

	test('is intercepted no more once the entry says so, and again when it does not', async () => {
		const target = `${own.name}.${namespace}`;
		const appOn = (bind: string) =>
			vm.exec(own.name, 'systemctl', 'stop', 'app').then(() => vm.app(own.name, 9080, bind));
		await vm.exec(own.name, 'systemctl', 'start', 'istio');
		await eventually('rules', 60, async () => (await natRules(own.name)) !== '');
		await kubectl(`-n ${namespace} annotate workloadentry ${own.name} sidecar.istio.io/interceptionMode=NONE`);
		const objects = entryManifests({name: own.name, namespace, ip: ''});
		await apply(objects.filter((object) => (object as {kind: string}).kind === 'Sidecar'));
		await appOn('127.0.0.1');
		const without = await onboard(target, '--layout', 'package');
		expect(without.code, without.told).toBe(0);
		expect(await natRules(own.name)).toBe('');
		expect((await askFromPod(namespace, own.app, 9080)).trim()).toBe(own.name);
		await kubectl(`-n ${namespace} annotate workloadentry ${own.name} sidecar.istio.io/interceptionMode-`);
		await kubectl(`-n ${namespace} delete sidecar ${own.name}`);
		// Until it stops, the proxy holds the port on the VM's own address.
		await vm.exec(own.name, 'systemctl', 'stop', 'istio');
		await appOn('0.0.0.0');
		const again = await onboard(target, '--layout', 'package');
		expect(again.code, again.told).toBe(0);
		expect(await natRules(own.name)).toContain('-A OUTPUT -j ISTIO_OUTPUT');
	});
});

describe('after the onboarding', () => {
	const target = `${own.name}.${namespace}`;
	const pid = () => vm.exec(own.name, 'systemctl', 'show', '-p', 'MainPID', 'istio');

	test('a service that stopped is started by a renewal', async () => {
		await vm.exec(own.name, 'systemctl', 'stop', 'istio');
		const {code, told, step} = await carryOut('renew', target, '--layout', 'package');
		expect(code, told).toBe(0);
		expect(step('renew.restart')?.state, told).toBe('succeeded');
	});

	test('a token that serves is kept, and a new one needs no restart', async () => {
		const before = await pid();
		const kept = await carryOut('renew', target, '--layout', 'package');
		expect(kept.code, kept.told).toBe(0);
		expect(kept.step('renew.put')?.state, kept.told).toBe('skipped');
		const inUse = () => vm.exec(own.name, 'cat', '/var/run/secrets/tokens/istio-token');
		const token = await inUse();
		const renewed = await carryOut('renew', target, '--layout', 'package', '--force');
		expect(renewed.code, renewed.told).toBe(0);
		expect(await inUse()).not.toBe(token);
		expect(await pid()).toBe(before);
	});

	test('bootstrap puts back what is changed, and starts the service only when asked to', async () => {
		await vm.exec(own.name, 'sh', '-c', 'systemctl stop istio; echo broken >/etc/istio/config/mesh');
		const active = () => vm.exec(own.name, 'sh', '-c', 'systemctl is-active istio; true');
		const put = await carryOut('bootstrap', target, '--layout', 'package', '-u', 'admin');
		expect(put.code, put.told).toBe(0);
		expect(put.step('bootstrap.files')?.detail).toContain('/etc/istio/config/mesh');
		expect((await active()).trim()).not.toBe('active');
		const started = await carryOut('bootstrap', target, '--layout', 'package', '-u', 'admin', '--start-istio-proxy');
		expect(started.code, started.told).toBe(0);
		expect((await active()).trim()).toBe('active');
	});

	test('the VM leaves the mesh with all that it was given, and a second time there is nothing to do', async () => {
		const words = ['offboard', target, '--layout', 'package', '--delete-entry', '--remove-package'];
		const {code, told} = await carryOut(...words);
		expect(code, told).toBe(0);
		const look = [
			'systemctl is-active istio',
			'ls /etc/certs /var/lib/istio/istio-token /run/secrets/tokens /etc/systemd/system/istio.service.d',
			'grep meshboard /etc/hosts',
			'iptables-save -t nat; iptables-legacy-save -t nat',
			'dpkg-query -s istio-sidecar',
		];
		const left = await vm.exec(own.name, 'sh', '-c', `(${look.join('; ')}) 2>/dev/null; true`);
		expect(left).not.toMatch(/^active$|key\.pem|cert-chain|istio-token|meshboard|ISTIO_/m);
		expect(left).not.toContain('Status: install ok installed');
		const again = await carryOut(...words);
		expect(again.code, again.told).toBe(0);
		expect(again.result?.steps.map(({state}) => state).slice(0, -1), again.told).toEqual([
			...['skipped', 'skipped', 'skipped', 'skipped'],
		]);
	});
});
