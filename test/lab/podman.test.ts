import {afterAll, beforeAll, expect, test} from 'vitest';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* The life of a proxy in rootless podman, from a pristine VM. One test builds on another. */

const name = 'podman';
const target = `${name}.${name}`;
let meshboard: Meshboard;
let address = '';

beforeAll(async () => {
	meshboard = newMeshboard({runtime: 'podman'});
	await openNamespace(name);
	address = await vm.up(name);
	await vm.app(name);
	await apply(entryManifests({name, namespace: name, ip: address}));
	// As on a machine of its own: users may linger, and the lab's registry speaks plain HTTP.
	const registry = '[[registry]]\\nlocation = \\"registry.lab:5000\\"\\ninsecure = true\\n';
	await vm.exec(
		name,
		'sh',
		'-c',
		`systemctl unmask systemd-logind && systemctl start systemd-logind; mkdir -p /etc/containers/registries.conf.d; printf "${registry}" >/etc/containers/registries.conf.d/lab.conf`,
	);
}, 120_000);

afterAll(async () => {
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

async function details(words: readonly string[]): Promise<Readonly<Record<string, string>>> {
	const result = await meshboard.run([...words, '--yes', '-o', 'json'], {seconds: 280});
	expect(result.code, result.stdout + result.stderr).toBe(0);
	const {results} = JSON.parse(result.stdout) as {
		results: [{steps: Array<{id: string; state: string; detail: string}>}];
	};
	return Object.fromEntries(results[0].steps.map(({id, state, detail}) => [id, `${state}: ${detail}`]));
}

const asUser = (command: string) => vm.exec(name, 'su', '-', 'istio-proxy', '-c', command);
const answers = () => eventually('the answer of the VM', 30, async () => (await askFromPod(name, name, 9080)) === name);

test('a pristine VM is prepared and onboarded', {timeout: 300_000}, async () => {
	const done = await details(['onboard', target, '--prepare']);
	expect(done['prepare.docker']).toMatch(/succeeded: podman .*, installed/);
	expect(done['prepare.user']).toMatch(/lingers, containers start at boot/);
	expect(done['check.vm']).not.toMatch(/linger/);
	expect(await asUser('podman ps --format "{{.Names}}"')).toBe('istio-proxy');
	expect(await answers()).toBe(true);
});

test('a second run finds nothing to do', {timeout: 120_000}, async () => {
	const done = await details(['onboard', target, '--prepare']);
	expect(done['bootstrap.compare']).toMatch(/unchanged/);
	expect(done['prepare.user']).toMatch(/already there/);
});

test('it is renewed, read and offboarded as with Docker', {timeout: 200_000}, async () => {
	const renewed = await details(['renew', target, '--force']);
	expect(renewed['renew.put']).toMatch(/^succeeded/);
	expect(renewed['renew.restart']).toMatch(/^skipped/);
	expect((await meshboard.run(['logs', target, '--tail', '1'])).stdout.trimEnd().split('\n')).toHaveLength(1);
	const gone = await details(['offboard', target, '--delete-entry', '--remove-image']);
	expect(gone['offboard.container']).toMatch(/^succeeded/);
	expect(gone['offboard.files']).toMatch(/^succeeded/);
	expect(await asUser('podman ps -aq; podman images -q')).toBe('');
});

test('what was prepared is taken back: the account, how its containers start, and podman', {
	timeout: 200_000,
}, async () => {
	await apply(entryManifests({name, namespace: name, ip: address}));
	const {code, stdout} = await meshboard.run(['prepare', target, '--undo', '--yes'], {seconds: 190});
	expect(code, stdout).toBe(0);
	expect(stdout).toContain('istio-proxy: no longer lingers');
	expect(stdout).toContain('account istio-proxy: removed with its home');
	expect(stdout).toContain('package podman: removed');
	const left =
		'getent passwd istio-proxy; ls -d /home/istio-proxy /var/lib/systemd/linger/istio-proxy /etc/istio-proxy /var/lib/meshboard';
	expect(await vm.exec(name, 'sh', '-c', `{ ${left}; command -v podman; } 2>/dev/null; true`), stdout).toBe('');
});
