import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'vitest';
import {openApi} from '../helpers/open-api.ts';
import {takePicture} from './picture.ts';
import {startMeshboard} from './start-demo.ts';

describe.concurrent('creating in the demo', {timeout: 90_000}, () => {
	test('makes entry, Sidecar and Service of a new VM at 80×24', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo'], {columns: 80, rows: 24});
		await demo.waitFor('○ absent', 20_000);
		// The tour would stand in the picture.
		demo.type('T');
		const {api} = openApi(join(demo.demo() ?? '', 'kubeconfig'));
		const read = async (path: string) => JSON.parse((await api(path)).body);

		// The entry, with the service account chosen from the cluster's. Its SSH server is that of ratings-vm, which is asked.
		const other = await read('/apis/networking.istio.io/v1/namespaces/bookinfo/workloadentries/ratings-vm');
		const sshPort = other.metadata.annotations['sidecar-bootstrap.istio.io/ssh-port'];
		demo.type('c');
		await demo.waitFor('What is made?');
		demo.type('\r');
		await demo.waitFor('What is the name of the entry?');
		demo.type('stars-vm\t\t\t\t');
		await demo.waitFor('Which address do you SSH to?');
		demo.type(`127.0.0.1\t${sshPort}\x12`);
		await demo.waitFor(/Filled in address, instance-ip.*: admin@127\.0\.0\.1/);
		await demo.waitFor(/instance-ip +10\.128\.0\.2/);
		await demo.waitFor(/address +127\.0\.0\.1/);
		// The address that pods use was guessed from the way there: nobody's but the person's to know.
		demo.type('\x1b[A'.repeat(3));
		await demo.waitFor('Which address do pods use to reach the VM?');
		demo.type('\x1510.128.0.2');
		await demo.waitFor(/address +10\.128\.0\.2/);
		demo.type('\t'.repeat(9));
		await demo.waitFor(/ctrl\+n chooses: .*bookinfo-ratings/);
		demo.type('\x0e');
		await demo.waitFor('service-account: one of these');
		demo.type('\r\tstars');
		await demo.waitFor('can be checked');
		demo.type('\x13');
		await demo.waitFor('workloadentry/bookinfo/stars-vm  would be created');
		await demo.waitFor('+   name: stars-vm');
		await demo.waitFor(/^\+ {5}app: stars$/m);
		// Into a file too, which is not written over without a question.
		demo.type('\x0f');
		await demo.waitFor('stars-vm.yaml written.');
		const file = join(demo.folder, 'workloadentry-bookinfo-stars-vm.yaml');
		const text = readFileSync(file, 'utf8');
		expect(text).toContain('name: stars-vm');
		writeFileSync(file, 'precious');
		demo.type('\x0f');
		await demo.waitFor('Replace the file?');
		demo.type('n');
		await demo.waitFor((screen) => !screen.includes('Replace the file?'));
		expect(readFileSync(file, 'utf8')).toBe('precious');
		demo.type('\x0f');
		await demo.waitFor('Replace the file?');
		demo.type('y');
		await demo.waitFor('stars-vm.yaml replaced.');
		expect(readFileSync(file, 'utf8')).toBe(text);
		demo.type('y');
		await demo.waitFor('workloadentry/bookinfo/stars-vm created: o onboards it');
		await demo.waitFor(/▸ .*stars-vm/);

		demo.type('cj\r');
		await demo.waitFor('What is the name of the Sidecar?');
		await demo.waitFor(/egress +.*9080/);
		await demo.waitFor('can be checked');
		await takePicture('create', demo, {columns: 120, rows: 34});
		demo.type('\x13');
		await demo.waitFor('sidecar/bookinfo/stars-vm  would be created');
		demo.type('y');
		await demo.waitFor('sidecar/bookinfo/stars-vm created.');

		demo.type('cjj\r');
		await demo.waitFor(/ports +http=9080/);
		await demo.waitFor('can be checked');
		demo.type('\x13');
		await demo.waitFor('service/bookinfo/stars  would be created');
		demo.type('y');
		await demo.waitFor('service/bookinfo/stars created.');

		const entry = await read('/apis/networking.istio.io/v1/namespaces/bookinfo/workloadentries/stars-vm');
		expect(entry.spec).toMatchObject({address: '10.128.0.2', labels: {app: 'stars', version: 'v1', class: 'vm'}});
		const sidecar = await read('/apis/networking.istio.io/v1/namespaces/bookinfo/sidecars/stars-vm');
		expect(sidecar.spec).toMatchObject({
			workloadSelector: {labels: {app: 'stars', class: 'vm'}},
			ingress: [{port: {number: 9080, protocol: 'HTTP'}, defaultEndpoint: '127.0.0.1:9080'}],
			egress: [{bind: '127.0.0.2', hosts: ['./*', 'istio-system/*']}],
		});
		const service = await read('/api/v1/namespaces/bookinfo/services/stars');
		expect(service.spec.selector).toEqual({app: 'stars'});

		demo.type('o');
		await demo.waitFor(/stars-vm\.bookinfo .*can be onboarded/);
		demo.type('q');
		expect((await demo.exited).exitCode).toBe(0);
		expect(demo.isRestored()).toBe(true);
	});

	test('changes what is there at 120×40, and in read-only mode writes the file alone', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo', '--read-only'], {columns: 120, rows: 40});
		await demo.waitFor('○ absent', 20_000);
		demo.type('cj\r');
		await demo.waitFor(/ingress +http=9080/);
		demo.type('\t\t\t');
		await demo.waitFor('to which of');
		demo.type('\x1b[200~,tcp=7000\x07\x1b[201~');
		await demo.waitFor(/defaultEndpoint: 127\.0\.0\.1:7000/);
		demo.type('\x13');
		await demo.waitFor('sidecar/bookinfo/ratings-vm  would change');
		await demo.waitFor(/^\+ .*7000/m);
		demo.type('y');
		await demo.waitFor('Read-only');
		demo.type('\x0f');
		await demo.waitFor('sidecar-bookinfo-ratings-vm.yaml written.');
		expect(existsSync(join(demo.folder, 'sidecar-bookinfo-ratings-vm.yaml'))).toBe(true);
		demo.type('\x1b');
		await demo.waitFor('can be checked');
		demo.type('\x1b');
		await demo.waitFor('Leave without the Sidecar?');
		demo.type('yq');
		expect((await demo.exited).exitCode).toBe(0);
	});
});
