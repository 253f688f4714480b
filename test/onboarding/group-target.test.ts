import {describe, expect, it} from 'vitest';
import {hostWord, readGroupTarget} from '../../source/onboarding/group-target.ts';
import {makePlan} from '../../source/onboarding/plan.ts';
import {readMesh} from '../../source/onboarding/resolve.ts';
import {settingsOf} from '../../source/onboarding/settings-of.ts';
import type {Profile} from '../../source/ports.ts';
import {memoryCluster} from '../helpers/memory-cluster.ts';
import {drafts, resolve} from '../helpers/mesh.ts';

const group = `
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: ratings, namespace: bookinfo}
spec:
  metadata: {labels: {app: ratings}, annotations: {example.com/team: a}}
  template: {serviceAccount: bookinfo-ratings, network: vm-net, ports: {http: 9080}}
`;
const registered = `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ratings-10.128.0.9-vm-net, namespace: bookinfo, uid: '1', annotations: {istio.io/autoRegistrationGroup: ratings}}
spec: {address: 10.128.0.9, serviceAccount: bookinfo-ratings, network: vm-net, labels: {app: ratings, added: by-proxy}}
`;
const flags: Profile = {layout: 'package', adminUser: 'admin'};

async function read(host: string, more = '', ref = 'ratings.bookinfo') {
	const mesh = drafts();
	mesh.add(`${group}${more === '' ? '' : `---${more}`}`);
	const cluster = memoryCluster(mesh.objects());
	const settings = {flags, profile: {}};
	return readGroupTarget(cluster, await readMesh(cluster, settings), ref, host, settings);
}

describe('a VM of a WorkloadGroup', () => {
	it('is a target by the name that istiod will give it', async () => {
		const target = await read('10.128.0.9=vm.example.com');
		expect(target.ref).toBe('ratings-10.128.0.9-vm-net.bookinfo');
		expect(target.ssh.host).toEqual({value: 'vm.example.com', source: 'flag', detail: '--host'});
		expect(target.ssh.user.value).toBe('admin');
		expect(target.entry).toMatchObject({uid: '', address: '10.128.0.9', specLabels: {app: 'ratings'}});
		expect(target.services.map(({metadata}) => metadata.name)).toEqual(['ratings']);
		expect(hostWord(target)).toBe('10.128.0.9=vm.example.com');
	});

	it('is the entry that istiod made, once it has', async () => {
		const target = await read('10.128.0.9', registered);
		expect(target.entry).toMatchObject({uid: '1', specLabels: {added: 'by-proxy'}});
		expect(target.ssh.host.value).toBe('10.128.0.9');
	});

	it.each(['vm.example.com', '', '=vm'])('needs its IP, not %j', async (host) => {
		await expect(read(host)).rejects.toMatchObject({code: 'usage', exitCode: 64});
	});

	it('of a group that is not there is told so', async () => {
		await expect(read('10.128.0.9', '', 'nobody.bookinfo')).rejects.toMatchObject({
			code: 'entry.not-found',
			exitCode: 65,
		});
	});
});

describe('the package layout', () => {
	it('wants an account that may use sudo', async () => {
		await expect(resolve(drafts().objects(), undefined, {layout: 'package', adminUser: 'root'})).resolves.toBeDefined();
		const mesh = drafts();
		mesh.edit('WorkloadEntry', 'ratings-vm').metadata.annotations = {};
		await expect(resolve(mesh.objects(), undefined, {layout: 'package'})).rejects.toMatchObject({
			code: 'usage',
			hint: expect.stringContaining('--admin-user'),
		});
	});

	it('intercepts unless told otherwise, and then no Sidecar is missing', async () => {
		const mesh = drafts();
		mesh.remove('Sidecar', 'ratings-vm');
		const target = await resolve(mesh.objects(), undefined, flags);
		expect(target.interceptionMode.value).toBe('REDIRECT');
		expect(target.problems.map(({id}) => id)).not.toContain('sidecar.missing');
	});

	it('shows its plan: the package, the places, the service, and that SSH stays free', async () => {
		const target = await resolve(drafts().objects(), undefined, {...flags, sshPort: 2222});
		const wanted = {task: 'onboard', layout: 'package', package: '/tmp/istio-sidecar.deb', prepare: false} as const;
		const options = {...wanted, force: false, profile: 'default', context: 'lab'};
		const kinds = makePlan(target, options).steps.map(({id, actions}) => [id, actions.map(({kind}) => kind)]);
		expect(kinds.filter(([, actions]) => actions?.length !== 0)).toEqual([
			['bootstrap.install', ['upload', 'exec']],
			['bootstrap.token', ['issue-token']],
			['bootstrap.files', ['exec', 'place', 'exec']],
			['bootstrap.start', ['exec', 'exec', 'exec']],
		]);
		const rows = Object.fromEntries(settingsOf({target, options, steps: []}).map(({name, value}) => [name, value]));
		expect(rows).toMatchObject({layout: 'package', package: '/tmp/istio-sidecar.deb'});
		expect(rows['not intercepted']).toBe('SSH: 22, 2222, and what else sshd listens on');
		expect(rows).not.toHaveProperty('image');
	});
});
