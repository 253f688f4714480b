import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {UserError} from '../../source/errors.ts';
import {createCluster} from '../../source/kubernetes/cluster.ts';
import {createHttp} from '../../source/kubernetes/http.ts';
import {loadKubeconfig} from '../../source/kubernetes/kubeconfig.ts';
import {readClaims} from '../../source/mesh/token.ts';
import type {WorkloadEntry} from '../../source/mesh/workload-entry.ts';
import type {Cluster, EntriesScope, EntriesUpdate} from '../../source/ports.ts';

/** A cluster to hold to the contract. */
export type ClusterSetup = {
	/** Of a user who may do everything. */
	readonly kubeconfig: string;
	/** An existing namespace in which the contract makes, and puts away, objects named `contract-…`. */
	readonly namespace: string;
	/** Labels of a running pod in that namespace, and its container with `sh`. */
	readonly pod: {readonly labels: string; readonly container: string};
	readonly stop: () => Promise<void>;
};

const workloadEntries = {group: 'networking.istio.io', resource: 'workloadentries'};
const core = (resource: string) => ({group: '', resource});
const soon = {timeout: 10_000, interval: 20};

/** What every Cluster does, whatever serves it. */
export function clusterContract(name: string, setup: () => Promise<ClusterSetup>): void {
	describe(`${name} as a cluster`, () => {
		let the: ClusterSetup;
		let cluster: Cluster;
		let write: (method: string, path: string, body?: object) => Promise<unknown>;

		beforeAll(async () => {
			the = await setup();
			const options = {kubeconfig: the.kubeconfig, env: {}};
			cluster = await createCluster(options);
			const http = createHttp(loadKubeconfig(options));
			const contentType = 'application/merge-patch+json';
			write = async (method, path, body) => {
				const {status, body: answer} = await http.send({
					method,
					path,
					...(body === undefined ? {} : {body}),
					...(method === 'PATCH' ? {contentType} : {}),
				});
				if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
				return answer;
			};
		});
		afterAll(async () => {
			cluster?.close();
			await the?.stop();
		});

		const collection = () => `/apis/networking.istio.io/v1beta1/namespaces/${the.namespace}/workloadentries`;
		const create = (entry: string, labels: Readonly<Record<string, string>> = {}) =>
			write('POST', collection(), {
				apiVersion: 'networking.istio.io/v1beta1',
				kind: 'WorkloadEntry',
				metadata: {name: entry, labels},
				spec: {address: '10.128.0.99', serviceAccount: 'default', ports: {http: 8080}},
			});
		const patch = (entry: string, change: object) => write('PATCH', `${collection()}/${entry}`, change);
		const remove = (entry: string) => write('DELETE', `${collection()}/${entry}`);

		/** Watches and keeps what it is told. */
		function watch(scope: EntriesScope) {
			const updates: EntriesUpdate[] = [];
			const entries = new Map<string, WorkloadEntry>();
			const stop = new AbortController();
			const done = cluster.watchEntries(
				scope,
				(update) => {
					updates.push(update);
					for (const entry of update.upserted) entries.set(`${entry.namespace}/${entry.name}`, entry);
					for (const key of update.removed) entries.delete(key);
				},
				stop.signal,
			);
			return {
				updates,
				of: (entry: string) => entries.get(`${the.namespace}/${entry}`),
				live: () =>
					expect.poll(() => [updates.at(-1)?.state.kind, updates.at(-1)?.complete], soon).toEqual(['live', true]),
				stop: () => {
					stop.abort();
					return done;
				},
			};
		}

		async function codeOf(work: Promise<unknown>): Promise<string> {
			const error = await work.then(
				() => 'it worked',
				(reason: unknown) => reason,
			);
			return error instanceof UserError ? error.code : String(error);
		}

		it('reads an object without its managedFields, and none that is not there', async () => {
			await create('contract-read');
			const entry = await cluster.get(workloadEntries, the.namespace, 'contract-read');
			expect(entry).toMatchObject({kind: 'WorkloadEntry', spec: {address: '10.128.0.99'}});
			expect(entry?.metadata).not.toHaveProperty('managedFields');
			await remove('contract-read');
			expect(await cluster.get(workloadEntries, the.namespace, 'contract-read')).toBeUndefined();
			expect(await cluster.get(core('configmaps'), 'no-such-namespace', 'x')).toBeUndefined();
			expect(await cluster.get(core('namespaces'), undefined, the.namespace)).toMatchObject({
				metadata: {name: the.namespace},
			});
			expect(await cluster.get({group: 'no.such.group', resource: 'things'}, 'default', 'x')).toBeUndefined();
			// Names are names, not paths.
			expect(await cluster.get(core('configmaps'), the.namespace, '../services/kubernetes')).toBeUndefined();
		});

		it('lists what a selector selects, each object with its kind', async () => {
			await create('contract-red', {contract: 'red'});
			await create('contract-blue', {contract: 'blue'});
			const names = async (namespace: string | undefined, selector: string) =>
				(await cluster.list(workloadEntries, namespace, selector)).map(({metadata}) => metadata.name);
			expect(await names(the.namespace, 'contract=red')).toEqual(['contract-red']);
			expect((await names(undefined, 'contract in (red, blue)')).toSorted()).toEqual(['contract-blue', 'contract-red']);
			expect(await names('no-such-namespace', 'contract')).toEqual([]);
			expect(await cluster.list({group: 'no.such.group', resource: 'things'}, undefined)).toEqual([]);
			const namespaces = await cluster.list(core('namespaces'), undefined);
			expect(namespaces.find(({metadata}) => metadata.name === the.namespace)).toMatchObject({
				apiVersion: 'v1',
				kind: 'Namespace',
			});
			await Promise.all(['contract-red', 'contract-blue'].map(remove));
		});

		it('tells the entries that there are, then every change, until it is stopped', async () => {
			await create('contract-old');
			const watching = watch({namespaces: []});
			await watching.live();
			expect(watching.of('contract-old')).toMatchObject({address: '10.128.0.99', ports: {http: 8080}});
			await create('contract-new');
			await expect.poll(() => watching.of('contract-new')?.serviceAccount, soon).toBe('default');
			await patch('contract-new', {spec: {address: '10.128.0.98'}});
			await expect.poll(() => watching.of('contract-new')?.address, soon).toBe('10.128.0.98');
			await remove('contract-old');
			await expect.poll(() => watching.of('contract-old'), soon).toBeUndefined();
			await watching.stop();
			const told = watching.updates.length;
			await remove('contract-new');
			await new Promise((resolve) => setTimeout(resolve, 200));
			expect(watching.updates).toHaveLength(told);
		});

		it('watches several namespaces as one list', async () => {
			await create('contract-one');
			const watching = watch({namespaces: [the.namespace, 'no-such-namespace']});
			await watching.live();
			expect(watching.of('contract-one')).toBeDefined();
			await remove('contract-one');
			await expect.poll(() => watching.of('contract-one'), soon).toBeUndefined();
			await watching.stop();
		});

		it('applies an object, tries it first, changes a field of it, and takes it away', async () => {
			const wanted = (address: string) => ({
				metadata: {name: 'contract-applied', namespace: the.namespace, labels: {contract: 'applied'}},
				spec: {address, serviceAccount: 'default'},
			});
			const read = async () => cluster.get(workloadEntries, the.namespace, 'contract-applied');
			expect(await cluster.apply(workloadEntries, wanted('10.128.0.97'), {dryRun: true})).toMatchObject({
				kind: 'WorkloadEntry',
				spec: {address: '10.128.0.97'},
			});
			expect(await read()).toBeUndefined();
			await cluster.apply(workloadEntries, wanted('10.128.0.97'));
			await cluster.apply(workloadEntries, wanted('10.128.0.96'));
			expect(await read()).toMatchObject({metadata: {labels: {contract: 'applied'}}, spec: {address: '10.128.0.96'}});
			const change = {spec: {network: 'vm-net'}, metadata: {labels: {contract: null}}};
			const patch = (options: {dryRun?: boolean}) =>
				cluster.patch(workloadEntries, the.namespace, 'contract-applied', change, options);
			expect(await patch({dryRun: true})).toMatchObject({spec: {network: 'vm-net'}});
			expect((await read())?.spec).not.toHaveProperty('network');
			await patch({});
			const patched = await read();
			expect(patched).toMatchObject({spec: {network: 'vm-net', address: '10.128.0.96'}});
			expect(patched?.metadata.labels ?? {}).toEqual({});
			const remove = (options: {dryRun?: boolean}) =>
				cluster.remove(workloadEntries, the.namespace, 'contract-applied', options);
			expect(await remove({dryRun: true})).toBe(true);
			expect(await read()).toBeDefined();
			expect(await remove({})).toBe(true);
			expect(await remove({})).toBe(false);
		});

		it('says in the words of the server what it does not take', async () => {
			const badName = {metadata: {name: 'Not_A_Name', namespace: the.namespace}, spec: {address: '10.128.0.97'}};
			expect(await codeOf(cluster.apply(workloadEntries, badName))).toBe('invalid');
			const nowhere = {
				metadata: {name: 'contract-lost', namespace: 'no-such-namespace'},
				spec: {address: '10.128.0.97'},
			};
			expect(await codeOf(cluster.apply(workloadEntries, nowhere))).toBe('invalid');
			expect(await codeOf(cluster.patch(workloadEntries, the.namespace, 'contract-none', {spec: {}}))).toBe('invalid');
			const things = {group: 'no.such.group', resource: 'things'};
			expect(await codeOf(cluster.apply(things, badName))).toBe('not-served');
			expect(await cluster.remove(things, the.namespace, 'x')).toBe(false);
		});

		it('issues a token for the audience and the time that were asked', async () => {
			const {token, expiresAt} = await cluster.createToken(the.namespace, 'default', 'istio-ca', 3600);
			const claims = readClaims(token);
			expect(claims).toMatchObject({
				audience: ['istio-ca'],
				subject: `system:serviceaccount:${the.namespace}:default`,
				namespace: the.namespace,
				serviceAccount: 'default',
			});
			expect(Math.abs((claims?.expiresAt ?? 0) * 1000 - expiresAt.getTime())).toBeLessThan(2000);
			expect(Math.abs(expiresAt.getTime() - Date.now() - cluster.clockOffset() - 3_600_000)).toBeLessThan(20_000);
			expect(await codeOf(cluster.createToken(the.namespace, 'nobody', 'istio-ca', 3600))).toBe(
				'token.service-account-not-found',
			);
		});

		it('answers what the user may do, and how far the clocks are apart', async () => {
			const list = {verb: 'list', ...workloadEntries};
			expect(await cluster.mayI([list, {...list, namespace: the.namespace}])).toEqual([true, true]);
			expect(await cluster.mayI([])).toEqual([]);
			expect(Math.abs(cluster.clockOffset())).toBeLessThan(5000);
		});

		describe('in a pod', () => {
			let pod: {namespace: string; name: string; container: string};
			beforeAll(async () => {
				const [first] = await cluster.list(core('pods'), the.namespace, the.pod.labels);
				pod = {namespace: the.namespace, name: first?.metadata.name ?? '', container: the.pod.container};
			});
			const sh = (script: string, seconds = 20) =>
				cluster.podExec(pod, ['sh', '-c', script], {timeoutSeconds: seconds});

			it('runs a command as it is given, with its exit code and both streams', async () => {
				expect(await sh('echo out; echo err >&2; exit 7')).toEqual({code: 7, stdout: 'out\n', stderr: 'err\n'});
				const odd = `a b'"$(id)\n;`;
				expect(await cluster.podExec(pod, ['printf', '%s', odd], {timeoutSeconds: 20})).toMatchObject({
					code: 0,
					stdout: odd,
				});
			});

			it('hands on its standard output as it comes', async () => {
				const heard: string[] = [];
				const options = {timeoutSeconds: 20, onOutput: (text: string) => heard.push(text)};
				const {stdout} = await cluster.podExec(pod, ['sh', '-c', 'echo begun; echo not >&2; echo ended'], options);
				expect(heard.join('')).toBe('begun\nended\n');
				expect(stdout).toBe('begun\nended\n');
			});

			it('ends a command that takes too long, or is not wanted any more', async () => {
				expect(await sh('echo begun; sleep 30', 1)).toMatchObject({code: -1, fault: 'it took longer than 1 s'});
				const stop = new AbortController();
				setTimeout(() => stop.abort(), 300);
				const running = cluster.podExec(pod, ['sh', '-c', 'sleep 30'], {timeoutSeconds: 20, signal: stop.signal});
				expect((await running).code).toBe(-1);
			});

			it('says that a container has no such program', async () => {
				const end = await cluster.podExec(pod, ['no-such-program', '-c', 'true'], {timeoutSeconds: 20});
				expect(end).toMatchObject({code: -1, stdout: '', fault: expect.stringContaining('executable file not found')});
			});

			it('says that there is no such pod', async () => {
				const none = cluster.podExec({...pod, name: 'contract-none'}, ['true'], {timeoutSeconds: 20});
				expect(await codeOf(none)).toMatch(/^[a-z]+[.-]/);
			});
		});

		it('asks istiod, through a port-forward, what it knows', async () => {
			const answers = await cluster.istiod('istio-system', undefined, '/debug/syncz');
			expect(answers.length).toBeGreaterThan(0);
			for (const {status, body} of answers) {
				expect(status).toBe(200);
				expect(JSON.parse(body) ?? []).toBeInstanceOf(Array);
			}
			expect((await cluster.istiod('istio-system', '', '/debug/no-such-page'))[0]?.status).toBe(404);
			expect(await codeOf(cluster.istiod(the.namespace, undefined, '/debug/syncz'))).toBe('cluster.istiod-not-ready');
		});

		it("reads istiod's log, its newest lines", async () => {
			const part = {lines: 5, seconds: 86_400};
			const logs = await cluster.istiodLog('istio-system', undefined, part);
			expect(logs.length).toBeGreaterThan(0);
			for (const {lines, reason} of logs) {
				expect(reason).toBe('');
				expect(lines?.length).toBeLessThanOrEqual(5);
			}
			expect(await codeOf(cluster.istiodLog(the.namespace, undefined, part))).toBe('cluster.istiod-not-ready');
		});
	});
}
