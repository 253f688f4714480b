import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {createAuthority} from '../../source/sandbox/mesh/certificates.ts';
import {grant} from './grant.ts';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	kubeconfig,
	kubectl,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {giveForeignToken} from './proxy-container.ts';

/* `doctor` on a real proxy: nothing is found while it is well, and each fault is named as the only error. One test builds on another. */

const name = 'doctor';
const target = `${name}.${name}`;
let meshboard: Meshboard;
let objects: readonly object[];
/** How each was told: its seconds, for the report; how long it takes is no reason to fail. */
const noted: string[] = [];

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(name);
	const ip = await vm.up(name);
	await vm.app(name);
	objects = entryManifests({name, namespace: name, ip});
	await apply(objects);
	const {code, stdout, stderr} = await meshboard.run(['onboard', target, '--prepare', '--yes'], {seconds: 170});
	expect(code, stdout + stderr).toBe(0);
	await onVm('cp -a /etc/istio-proxy /root/saved');
}, 300_000);

afterAll(async () => {
	console.log(noted.join('\n'));
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

const onVm = (script: string) => vm.exec(name, 'sh', '-c', script);

type Result = {
	readonly healthy: boolean;
	readonly findings: ReadonlyArray<{readonly id: string; readonly severity: string}>;
	readonly checks: ReadonlyArray<{readonly id: string; readonly outcome: string; readonly detail: string}>;
};

async function doctor() {
	const begun = performance.now();
	const {code, stdout, stderr} = await meshboard.run(['doctor', target, '-o', 'json', '--read-only']);
	const seconds = (performance.now() - begun) / 1000;
	expect(stderr).toBe('');
	const {results} = JSON.parse(stdout) as {results: [Result]};
	const [result] = results;
	const errors = result.findings.filter(({severity}) => severity === 'error').map(({id}) => id);
	return {code, seconds, result, errors, whole: stdout};
}

/** What a fault does shows itself within seconds; then these, and no others, are the errors. */
async function expectErrors(...ids: readonly string[]) {
	let last = 'nothing';
	const found = await eventually(`${ids.join(' and ')}, and not`, 30, async () => {
		const answer = await doctor();
		last = answer.errors.join(' ') || 'nothing';
		return answer.errors.join() === ids.join() && answer;
	}).catch((error: unknown) => {
		throw new Error(`${String(error)} ${last}`);
	});
	noted.push(
		`${ids.join(' + ')}: ${(await toldAfter(ids)).map((each) => `${each.toFixed(1)} s`).join(', all after ')}`,
	);
	return found;
}

/** Seconds from the start of the process until the last of these causes was told, and until its end. */
async function toldAfter(ids: readonly string[]): Promise<readonly number[]> {
	const begun = Date.now();
	const {stdout} = await meshboard.run(['doctor', target, '-o', 'ndjson', '--read-only']);
	const ended = Date.now();
	const events = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Event]));
	const told = ids.map((id) => Date.parse(events.find(({finding}) => finding?.id === id)?.time ?? ''));
	return [Math.max(...told), ended].map((time) => (time - begun) / 1000);
}

type Event = {readonly time: string; readonly event: string; readonly finding?: {readonly id: string}};

const answers = () => eventually('the answer of the VM', 60, async () => (await askFromPod(name, name, 9080)) === name);

test('of a sound proxy nothing is found, and all is checked', async () => {
	await answers();
	const {code, seconds, result, whole} = await doctor();
	noted.push(`sound: ${seconds.toFixed(1)} s`);
	expect(result.findings, whole).toEqual([]);
	expect(result.checks.filter(({outcome}) => outcome !== 'passed')).toEqual([]);
	expect(result.healthy).toBe(true);
	expect(code).toBe(0);
});

test('who may not forward ports, nor go into pods, hears what that leaves open', {timeout: 60_000}, async () => {
	const may = (where: string | undefined, resources: readonly string[]) =>
		grant('tenant', name, where, [{apiGroups: ['*'], resources, verbs: ['get', 'list', 'watch']}]);
	const objects = [
		'pods',
		'services',
		'configmaps',
		'serviceaccounts',
		'workloadentries',
		'sidecars',
		'serviceentries',
	];
	const more = ['deployments', 'daemonsets', 'gateways', 'virtualservices', 'controlplanes'];
	const rights = [name, 'istio-system'].flatMap((where) => may(where, [...objects, ...more]));
	await apply([...rights, ...may(undefined, ['namespaces'])]);
	const words = ['doctor', target, '-o', 'json', '--read-only', '--kubeconfig', kubeconfig('tenant')];
	const {stdout, stderr, code} = await meshboard.run(words);
	const [{findings, checks}] = (JSON.parse(stdout) as {results: [Result]}).results;
	expect(findings, stderr).toEqual([]);
	const open = checks.filter(({outcome}) => outcome === 'not-done').map(({id, detail}) => `${id}: ${detail}`);
	expect(open.join('\n')).toMatch(/^doctor\.istiod: .*portforward.*; this leaves open whether it acknowledges/m);
	expect(open.join('\n')).toMatch(/^verify\.request: .*exec/m);
	expect(code).toBe(0);
	await kubectl(`-n istio-system delete role,rolebinding ${name}-tenant`);
	await kubectl(`delete clusterrole,clusterrolebinding ${name}-tenant`);
});

const stopApp = () => onVm('systemctl stop app');
const restart = 'docker restart -t 1 istio-proxy';
const putBack = () => onVm(`cp -a /root/saved/. /etc/istio-proxy/ && ${restart}`);

/** A root that no mesh has. */
async function foreignRoot() {
	const {certificate} = createAuthority({organisation: 'elsewhere'});
	await onVm(`cat >/etc/istio-proxy/istio-ca.pem <<'END'\n${certificate.trimEnd()}\nEND\n${restart}`);
}

type Fault = {
	readonly title: string;
	readonly id: string;
	readonly make: () => Promise<unknown>;
	readonly mend: () => Promise<unknown>;
};

const faults: readonly Fault[] = [
	{title: 'the application does not run', id: 'app.not-listening', make: stopApp, mend: () => vm.app(name)},
	{title: 'a token for another audience', id: 'token.audience', make: () => giveForeignToken(name), mend: putBack},
	{
		title: "a directory in the token's place",
		id: 'token.missing',
		make: () => onVm(`rm /etc/istio-proxy/istio-token; mkdir /etc/istio-proxy/istio-token; ${restart} || true`),
		mend: () => onVm('rmdir /etc/istio-proxy/istio-token').then(putBack),
	},
	{title: 'the root of another mesh', id: 'identity.root-mismatch', make: foreignRoot, mend: putBack},
	{
		title: 'a firewall on the way to istiod',
		id: 'network.gateway-blocked',
		make: () => vm.block(name, 'out', 15_012).then(() => onVm(restart)),
		mend: () => vm.unblock(name, 'out', 15_012).then(() => onVm(restart)),
	},
	{
		title: 'Docker does not run',
		id: 'vm.docker-stopped',
		make: () => onVm('systemctl stop docker.socket docker'),
		mend: () => onVm('systemctl start docker'),
	},
	{
		title: 'the container was stopped',
		id: 'proxy.not-running',
		make: () => onVm('docker stop -t 1 istio-proxy'),
		mend: () => onVm('docker start istio-proxy'),
	},
	{
		title: "another program holds a port of the proxy's",
		id: 'vm.ports-in-use',
		make: () =>
			onVm(
				'docker stop -t 1 istio-proxy; systemd-run -q --collect --unit=squatter busybox httpd -f -p 15020; docker start istio-proxy',
			),
		mend: () => onVm(`systemctl stop squatter; ${restart}`),
	},
	{
		title: "the application takes the proxy's own address",
		id: 'listener.port-taken',
		make: () =>
			onVm('docker stop -t 1 istio-proxy; systemctl stop app')
				.then(() => vm.app(name, 9080, '0.0.0.0'))
				.then(() => onVm('docker start istio-proxy')),
		mend: () =>
			stopApp()
				.then(() => vm.app(name))
				.then(() => onVm(restart)),
	},
	{
		title: 'no Sidecar',
		id: 'sidecar.missing',
		make: () => kubectl(`-n ${name} delete sidecar ${name}`),
		mend: () => apply(objects),
	},
	{
		title: 'no Service',
		id: 'service.none-selects',
		make: () => kubectl(`-n ${name} delete service ${name}`),
		mend: () => apply(objects),
	},
	{
		title: 'SSH is dropped on the way',
		id: 'ssh.timeout',
		make: () => vm.block(name, 'in', 22),
		mend: () => vm.unblock(name, 'in', 22),
	},
];

let mend: () => Promise<unknown> = async () => undefined;
afterEach(async () => {
	await mend();
	mend = async () => undefined;
}, 60_000);

test.each(faults)('$title → $id', {timeout: 150_000}, async ({id, make, mend: undo}) => {
	await answers();
	mend = undo;
	await make();
	const {code} = await expectErrors(id);
	expect(code).toBe(id.startsWith('ssh.') ? 69 : 79);
});

test('two faults at once are both named', {timeout: 150_000}, async () => {
	await answers();
	mend = () => vm.app(name).then(putBack);
	await stopApp();
	await giveForeignToken(name);
	await expectErrors('token.audience', 'app.not-listening');
});

test('the account of its token is gone → token.service-account-not-found', {timeout: 150_000}, async () => {
	await answers();
	await kubectl(`-n ${name} delete serviceaccount ${name}`);
	await expectErrors('token.service-account-not-found');
});
