import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {expectManners, readTold} from '../helpers/told.ts';
import {namespace, pendingIstio} from './faulty-objects.ts';
import {address, newHome, tableTests} from './faulty-vms.ts';
import {kubeconfig, labKey} from './harness.ts';

/* Faults of the cluster, of the objects, and of the way to a VM; see faulty-vms.ts. */

describe('the cluster refuses', () => {
	test.concurrent('a bad token: cluster.unauthorized, also in the list', async () => {
		const home = newHome();
		const file = join(home.home, 'kubeconfig');
		writeFileSync(file, readFileSync(kubeconfig(), 'utf8').replace('admin-token', 'another-token'));
		for (const words of [['list'], ['onboard', `sound.${namespace}`, '--yes']]) {
			const result = await home.run([...words, '--kubeconfig', file]);
			expectManners(result);
			expect(readTold(result), result.stderr).toMatchObject([
				{id: 'cluster.unauthorized', next: expect.stringMatching(/Log in again/)},
			]);
			expect(result.code).toBe(77);
			expect(result.stdout + result.stderr).not.toContain('another-token');
		}
	});

	test.concurrent('a list of the whole cluster: the namespace that may be listed is shown', async () => {
		const home = newHome({kubeconfig: kubeconfig('viewer')});
		const chosen = await home.run(['list', '-n', namespace, '-o', 'name']);
		expect(chosen.stdout.split('\n')).toContain(`sound.${namespace}`);
		const file = join(home.home, 'kubeconfig');
		const text = readFileSync(kubeconfig('viewer'), 'utf8');
		writeFileSync(file, text.replace('user: viewer}', `user: viewer, namespace: ${namespace}}`));
		const all = await home.run(['list', '-A', '-o', 'name', '--kubeconfig', file]);
		expect(all).toMatchObject({code: 0, stdout: chosen.stdout});
	});

	test.concurrent('a list of a namespace that may not be listed: cluster.forbidden', async () => {
		const home = newHome({kubeconfig: kubeconfig('viewer')});
		const result = await home.run(['list', '-n', 'kube-system']);
		expectManners(result);
		expect(readTold(result), result.stderr).toMatchObject([
			{
				id: 'cluster.forbidden',
				text: expect.stringMatching(/kube-system/),
				next: expect.stringMatching(/kubectl auth can-i/),
			},
		]);
		expect(result.code).toBe(77);
	});

	tableTests([
		{
			title: 'reading the entry',
			entry: 'sound',
			profile: {kubeconfig: kubeconfig('viewer'), istioNamespace: 'kube-system'},
			id: 'cluster.forbidden',
			code: 77,
			says: /get configmaps in namespace kube-system/,
			next: /kubectl auth can-i --list/,
		},
		{
			title: 'all but the entry: what is missing is listed',
			entry: 'sound',
			profile: {kubeconfig: kubeconfig('viewer')},
			id: 'cluster.forbidden',
			code: 77,
			says: /get configmaps in namespace istio-system[\s\S]*list services in namespace faults[\s\S]*list sidecars\.networking\.istio\.io in namespace faults/,
			next: /kubectl auth can-i --list -n faults/,
		},
		{
			title: 'creating tokens',
			entry: 'sound',
			profile: {kubeconfig: kubeconfig('tenant')},
			id: 'token.forbidden',
			code: 77,
			says: /may not create tokens/,
			next: /kubectl auth can-i create serviceaccounts\/token -n faults/,
		},
	]);
});

describe('the objects are wrong', () => {
	tableTests([
		{
			title: 'an entry that does not exist',
			entry: 'soundd',
			id: 'entry.not-found',
			code: 65,
			says: /"soundd" in namespace faults/,
			next: /Did you mean sound\.faults\?/,
		},
		{
			title: 'a revision that does not exist',
			entry: 'sound',
			words: ['--revision', 'canary'],
			id: 'cluster.istio-missing',
			code: 65,
			says: /revision canary/,
			next: /name the Istio namespace or revision/,
		},
		{
			title: 'no service account',
			entry: 'without-account',
			id: 'entry.service-account-missing',
			code: 65,
			says: /serviceAccount/,
			next: /kubectl patch we without-account -n faults/,
		},
		{
			title: 'a service account that does not exist',
			entry: 'absent-account',
			id: 'token.service-account-not-found',
			code: 65,
			says: /absent-account/,
			next: /kubectl create serviceaccount absent-account -n faults/,
		},
		{
			title: 'a name for an address',
			entry: 'dns-address',
			id: 'entry.address-missing',
			code: 65,
			says: /vm\.faults\.example\.com/,
			next: /proxy-instance-ip/,
		},
		{
			title: 'no Sidecar',
			entry: 'without-sidecar',
			id: 'sidecar.missing',
			code: 65,
			says: /Sidecar/,
			next: /defaultEndpoint/,
		},
		{
			title: 'no Service',
			entry: 'without-service',
			id: 'service.none-selects',
			code: 65,
			says: /Service/,
			next: /kubectl get svc -n faults/,
		},
		{
			title: 'a gateway without an address',
			entry: 'sound',
			words: ['-i', pendingIstio],
			id: 'gateway.address-pending',
			code: 1,
			says: /vmgateway/,
			next: /kubectl get svc -n faults-istio/,
		},
		{
			title: 'a gateway that is no address',
			entry: 'sound',
			words: ['--gateway', 'http://gateway/'],
			id: 'usage',
			code: 64,
			says: /gateway/,
			next: /--help/,
		},
		{
			title: 'a ProxyConfig that is no YAML',
			entry: 'bad-proxy-config',
			id: 'cluster.proxy-config-invalid',
			code: 65,
			says: /proxy\.istio\.io\/config/,
			next: /kubectl get workloadentry bad-proxy-config -n faults/,
		},
	]);
});

describe('SSH', () => {
	tableTests([
		{
			title: 'refused',
			entry: 'pristine',
			words: ['--ssh-port', '2'],
			id: 'ssh.refused',
			code: 69,
			says: /admin@.*:2 refuses the connection/,
			next: /ssh-port/,
		},
		{
			title: 'dropped by a firewall',
			entry: 'pristine',
			words: ['--ssh-port', '2222'],
			id: 'ssh.timeout',
			code: 69,
			says: /admin@.*:2222 does not answer/,
			next: /ssh-host/,
		},
		{
			title: 'another service on the port',
			entry: 'pristine',
			words: ['--ssh-port', '9099'],
			id: 'ssh.timeout',
			code: 69,
			says: /not as an SSH server/,
			next: /ssh-host/,
		},
		{
			title: 'no machine at the address',
			entry: 'nobody-there',
			id: 'ssh.timeout',
			code: 69,
			says: /10\.128\.0\.249/,
			next: /ssh-host/,
		},
		{
			title: 'a key that the VM does not know',
			entry: 'pristine',
			before: ({home}) => ['--ssh-key', newKey(home)],
			id: 'ssh.auth-failed',
			code: 77,
			says: /admin@\S+ accepts none of the offered identities/,
			next: /ssh-copy-id/,
		},
		{
			title: 'a key that is not there',
			entry: 'pristine',
			words: ['--ssh-key', '~/nowhere'],
			id: 'ssh.key-unusable',
			code: 77,
			says: /there is no such file/,
			next: /ssh-keygen -y -f/,
		},
		{
			title: 'an encrypted key, and nobody to ask',
			entry: 'pristine',
			before: ({home}) => {
				const key = newKey(home);
				writeFileSync(key, readFileSync(labKey), {mode: 0o600});
				execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'a passphrase', '-f', key]);
				writeFileSync(`${key}.pub`, readFileSync(`${labKey}.pub`));
				return ['--ssh-key', key];
			},
			id: 'ssh.key-unusable',
			code: 77,
			says: /encrypted, and no passphrase was given/,
			next: /ssh-keygen -y -f/,
		},
		{
			title: 'an unknown host key under strict',
			entry: 'pristine',
			words: ['--host-keys', 'strict'],
			id: 'ssh.host-key-unknown',
			code: 77,
			says: /SHA256:/,
			next: /Compare the fingerprint.*--host-keys ask/,
		},
		{
			title: 'an unknown host key, and nobody to ask',
			entry: 'pristine',
			words: ['--host-keys', 'ask'],
			id: 'ssh.host-key-unknown',
			code: 77,
			says: /SHA256:/,
			next: /Compare the fingerprint.*--host-keys ask/,
		},
		{
			title: 'a changed host key, whatever is asked for',
			entry: 'pristine',
			words: ['--host-keys', 'accept-new'],
			before: ({home}) => {
				const [type, key] = readFileSync(`${newKey(home)}.pub`, 'utf8').split(' ');
				writeFileSync(join(home, 'known_hosts'), `${address.raw} ${type} ${key}\n`);
				return [];
			},
			id: 'ssh.host-key-changed',
			code: 77,
			says: /records[\s\S]*SHA256:|SHA256:[\s\S]*records/,
			next: /ssh-keygen -R/,
		},
	]);
});

/** A key pair of its own in the home; its path. */
function newKey(home: string): string {
	const key = join(home, 'key');
	execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
	return key;
}
