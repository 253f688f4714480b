import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {expectTold, folder, newHome, run} from './process.ts';

/* `meshboard lint`, with the built program as a process: on files, on standard input, on the sandbox's cluster. */

const fixtures = join(import.meta.dirname, '..', 'diagnosis', 'fixtures');
const guide = (name: string) => join(fixtures, `guide-${name}.yaml`);
const lint = (words: readonly string[], input?: string | Uint8Array) => run(['lint', ...words], newHome(), {}, input);
const entry =
	'{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: vm}, spec: {address: 10.0.0.1}}';

type Results = {
	results: Array<{target: string; healthy: boolean; findings: Array<{id: string}>; checks: Array<{outcome: string}>}>;
};
const idsOf = (stdout: string) =>
	(JSON.parse(stdout) as Results).results.flatMap(({target, findings}) => findings.map(({id}) => `${target} ${id}`));

describe('files', () => {
	test('text is grouped by object, with evidence, remedy, the corrected manifest and a line of counts', async () => {
		const {code, stdout, stderr} = await lint([guide('entry'), guide('sidecar')]);
		expect({code, stderr}).toEqual({code: 79, stderr: ''});
		await expect(stdout.replaceAll(fixtures, 'fixtures')).toMatchFileSnapshot('../diagnosis/fixtures/guide.txt');
	});

	test('json and ndjson have a result for each object', async () => {
		const words = [guide('entry'), guide('sidecar'), '-o'];
		const {code, stdout} = await lint([...words, 'json']);
		expect(code).toBe(79);
		const {results} = JSON.parse(stdout) as Results;
		expect(results.map(({target, healthy}) => [target, healthy])).toEqual([
			['ratings-vm.bookinfo', false],
			['sidecar/bookinfo/bookinfo-ratings-no-iptables', false],
		]);
		expect(results.map((result) => Object.keys(result))).toEqual([
			['target', 'healthy', 'findings', 'checks'],
			['target', 'healthy', 'findings', 'checks'],
		]);
		const lines = (await lint([...words, 'ndjson'])).stdout.trimEnd().split('\n');
		expect(lines.map((line) => JSON.parse(line))).toEqual(results);
	});

	test('what is sound ends with 0, and says what it could not look at', async () => {
		const {code, stdout} = await lint([guide('corrected')]);
		expect(code).toBe(0);
		expect(stdout).toMatch(/^not checked: Service, .*\n2 objects: 0 errors, 0 warnings, 0 infos\n$/);
	});

	test('warnings alone end with 0', async () => {
		const {code, stdout} = await lint(['-'], entry.replace('10.0.0.1}', '10.0.0.1, serviceAccount: vm}'));
		expect(stdout).toContain('warning entry.labels-missing');
		expect(code).toBe(0);
	});

	test('- is standard input, several documents, lists, and a namespace from the command line', async () => {
		const list = `---\nkind: List\napiVersion: v1\nitems: [${entry.replace('name: vm', 'name: in-list')}]\n`;
		const {stdout} = await lint(['-', '-n', 'team', '-o', 'json'], `# first\n${entry}\n${list}---\n`);
		expect((JSON.parse(stdout) as Results).results.map(({target}) => target)).toEqual(['vm.team', 'in-list.team']);
	});

	test('JSON documents one after the other are taken, as kubectl takes them', async () => {
		const json = (name: string) =>
			JSON.stringify({apiVersion: 'v1', kind: 'WorkloadGroup', metadata: {name, a: '}{"'}, spec: {}}, undefined, 1);
		const {stdout, stderr} = await lint(['-', '-o', 'json'], `${json('a')}\n${json('b')}`);
		expect(stderr).toBe('');
		expect(idsOf(stdout)).toEqual(['workloadgroup/default/a entry.invalid', 'workloadgroup/default/b entry.invalid']);
	});

	test('no cluster is asked', async () => {
		const home = newHome();
		expect(await run(['lint', guide('corrected'), '--kubeconfig', '/nowhere'], home)).toMatchObject({
			code: 0,
			stderr: '',
		});
	});

	test('nothing of a hostile file drives the terminal', async () => {
		const name = JSON.stringify('x\u001b[2J\u009b31m\u202e');
		const {stdout, stderr} = await lint(['-'], entry.replace('name: vm', `name: ${name}`));
		expect(stdout).toContain('entry.invalid');
		expect(stdout + stderr).not.toMatch(/[\u001b\u009b\u202e]/);
	});
});

describe('bad files', () => {
	const write = (text: string | Uint8Array) => {
		const path = join(folder, `bad-${Math.random()}.yaml`);
		writeFileSync(path, text);
		return path;
	};
	const fault = (text: string | Uint8Array, says: RegExp, code = 65) => ({text, says, code});
	test.concurrent.each([
		fault('a: [1,\n', /, document 1, line \d: this is no YAML/),
		fault(`${entry}\n---\n# second\nkey: [\n`, /, document 2, line [45]: this is no YAML/),
		fault(`${entry}\n---\n\nhello\n`, /, document 2, line 4: this is no Kubernetes object: it is no mapping/),
		fault(
			'kind: Sidecar\nmetadata: {name: a}\n',
			/, document 1, line 1: this is no Kubernetes object: apiVersion is missing/,
		),
		fault('apiVersion: v1\nkind: Sidecar\n', /metadata\.name is missing/),
		fault('{}', /apiVersion and kind and metadata\.name are missing/),
		fault('apiVersion: v1\nkind: List\nitems: [5]\n', /, document 1, line 1, item 1: this is no Kubernetes object/),
		fault('', /there is no document in it/),
		fault('---\n---\n', /there is no document in it/),
		fault(
			`${entry}\n---\n${entry}\n`,
			/, document 2: WorkloadEntry default\/vm is there twice, first in .*, document 1/,
		),
		fault(Uint8Array.of(0xff, 0xfe, 0x00), /it is not text in UTF-8/),
		fault('a: &a [*a, *a]\n', /this is no/),
		fault('\u0001', /this is no YAML/),
	])('$says', async ({text, says, code}) => {
		expectTold(await lint([write(text)]), {id: 'usage', code, says, next: /lint takes files/});
	});

	test('the line of a fault is counted over the documents', async () => {
		const {stderr} = await lint([write(`${entry}\n---\n# second\nkey: [1\nother: {\n`)]);
		expect(stderr).toMatch(/document 2, line [567]: /);
	});
});

describe('usage', () => {
	const usage = {id: 'usage', code: 64};
	test('a file that is not there', async () => {
		expectTold(await lint(['nowhere.yaml']), {
			...usage,
			says: /nowhere\.yaml: there is no such file/,
			next: /lint takes files/,
		});
	});
	test('a folder', async () => {
		expectTold(await lint([fixtures]), {...usage, says: /it is a folder/, next: /lint takes files/});
	});
	test('files and entries at once', async () => {
		expectTold(await lint([guide('entry'), 'vm.bookinfo']), {...usage, says: /not both/, next: /Files: /});
	});
	test('files and all namespaces', async () => {
		expectTold(await lint([guide('entry'), '-A']), {...usage, says: /exclude each other/, next: /Leave one/});
	});
	test('a word that is neither', async () => {
		expectTold(await lint(['ratings-vm']), {...usage, says: /is not a target/, next: /<entry>\.<namespace>/});
	});
	test('a file that has the name of a target is a file', async () => {
		const home = newHome({'vm.bookinfo': readFileSync(guide('corrected'), 'utf8')});
		mkdirSync(join(home, 'x'), {recursive: true});
		expect(await run(['lint', join(home, 'x', '..', 'vm.bookinfo')], home)).toMatchObject({code: 0});
	});
});

describe('a cluster', () => {
	let sandbox: Awaited<ReturnType<typeof openSandbox>>;
	const onCluster = (...words: string[]) => run(['lint', '--kubeconfig', sandbox.kubeconfig, ...words]);
	const path = '/apis/networking.istio.io/v1/namespaces/payments';
	beforeAll(async () => {
		sandbox = await openSandbox();
	});
	afterAll(() => sandbox.close());

	test("the demo's entries are free of errors", async () => {
		const {code, stdout, stderr} = await onCluster('-A', '-o', 'json');
		expect({code, stderr}).toEqual({code: 0, stderr: ''});
		const {results} = JSON.parse(stdout) as Results;
		expect(results.filter(({target}) => target.endsWith('-vm.bookinfo'))).toHaveLength(2);
		expect(results.every(({healthy}) => healthy)).toBe(true);
		expect(results.flatMap(({checks}) => checks).every(({outcome}) => outcome === 'passed')).toBe(true);
	});

	test('a target is told with what selects it, and no other', async () => {
		const {stdout} = await onCluster('ratings-vm.bookinfo', '-o', 'json');
		expect((JSON.parse(stdout) as Results).results.map(({target}) => target)).toEqual(['ratings-vm.bookinfo']);
	});

	test('an entry that is not there is told, with a name that may have been meant', async () => {
		const told = {id: 'entry.not-found', code: 65, says: /no WorkloadEntry "rating-vm"/, next: /ratings-vm\.bookinfo/};
		expectTold(await onCluster('rating-vm.bookinfo'), told);
	});

	test('a namespace without entries is told', async () => {
		const {code, stdout} = await onCluster('-n', 'kube-system');
		expect(code).toBe(0);
		expect(stdout).toMatch(/info fleet\.empty: .*[\s\S]*0 errors, 0 warnings, 1 info\n$/);
	});

	test('an address that another namespace uses too is found from either', async () => {
		const twin = {
			address: '10.128.0.2',
			network: 'vm-net',
			serviceAccount: 'twin',
			labels: {app: 'twin', version: 'v1'},
		};
		const [original] = (await sandbox.get('/apis/networking.istio.io/v1/namespaces/bookinfo/workloadentries')).items;
		const body = {apiVersion: 'networking.istio.io/v1', kind: 'WorkloadEntry', metadata: {name: 'twin'}};
		const spec = {...twin, network: original.spec.network, address: original.spec.address};
		await sandbox.api(`${path}/workloadentries`, {method: 'POST', body: {...body, spec}});
		const {code, stdout} = await onCluster(`${original.metadata.name}.bookinfo`, '-o', 'json');
		await sandbox.api(`${path}/workloadentries/twin`, {method: 'DELETE'});
		expect(idsOf(stdout)).toEqual([`${original.metadata.name}.bookinfo entry.duplicate-address`]);
		expect(code).toBe(79);
	});

	test('a cluster that does not answer is told', async () => {
		const ended = await run(['lint', '--kubeconfig', '/nowhere/config', '-A']);
		expect(ended).toMatchObject({code: 78, stderr: expect.stringContaining('[cluster.unreachable]')});
	});
});
