import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {refusals} from '../../source/mesh/rules/refusals.ts';
import {generated} from '../mesh/rules/generated.ts';
import {objectOf, type Verdict, verdicts} from '../mesh/rules/verdicts.ts';
import {apply, closeNamespace, kubectl, must, newMeshboard, run} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* lint against the real thing: API server and istiod judge the same objects, and the command reads the lab's cluster. */

const namespace = 'lab-lint';
const cluster = `${import.meta.dirname}/cluster`;
const meshboard = newMeshboard();

beforeAll(async () => {
	await kubectl(`delete namespace ${namespace} --ignore-not-found`);
	await kubectl(`create namespace ${namespace}`);
	await apply(entryManifests({name: 'lint-sound', namespace, ip: '10.128.9.1'}));
});

afterAll(async () => {
	await closeNamespace(namespace);
	meshboard.remove();
});

const isTaken = (stdout: string, name: string) => stdout.split('\n').some((line) => line.includes(`/${name} `));
const nameOf = (verdict: Verdict) => `verdict-${verdicts.indexOf(verdict)}`;

describe('the API server and istiod', () => {
	let answer: {readonly stdout: string; readonly stderr: string};
	beforeAll(async () => {
		const objects = verdicts.map((verdict) => {
			const object = objectOf(verdict, namespace);
			return JSON.stringify({...object, metadata: {...object.metadata, name: nameOf(verdict)}});
		});
		// kubectl goes on after a refusal, and names what was taken.
		answer = await run(cluster, ['kubectl', 'apply', '--dry-run=server', '-f', '-'], {input: objects.join('\n')});
		expect(answer.stderr).toContain('admission webhook "validation.istio.io" denied the request');
	});

	test.for(verdicts)('%s %s', (verdict) => {
		const expected = verdict[2] === undefined ? 'taken' : 'refused';
		expect(isTaken(answer.stdout, nameOf(verdict)) ? 'taken' : 'refused', answer.stderr).toBe(expected);
	});

	test('judge objects of every sort as our rules do', async () => {
		const objects = generated(60, 2026, namespace);
		const input = objects.map((object) => JSON.stringify(object)).join('\n');
		const {stdout} = await run(cluster, ['kubectl', 'apply', '--dry-run=server', '-f', '-'], {input});
		const differing = objects.filter((object) => {
			const {faults, hosts, address} = refusals(object);
			return isTaken(stdout, object.metadata.name) !== (faults.length + hosts.length + address.length === 0);
		});
		expect(differing.map(({kind, spec}) => `${kind} ${JSON.stringify(spec)}`)).toEqual([]);
	});
});

describe('lint on the cluster', () => {
	const lint = async (...words: string[]) => {
		const {code, stdout} = await meshboard.run(['lint', ...words, '-o', 'json']);
		const {results} = JSON.parse(stdout) as {
			results: Array<{target: string; healthy: boolean; findings: Array<{id: string; severity: string}>}>;
		};
		return {code, results};
	};

	test('a sound entry is free of errors', async () => {
		const {code, results} = await lint(`lint-sound.${namespace}`);
		expect(results.map(({target, healthy}) => [target, healthy])).toContainEqual([`lint-sound.${namespace}`, true]);
		expect(code).toBe(0);
	});

	test('a list of ports that the API server has dropped is found in what kubectl kept', async () => {
		const [, , , sidecar] = entryManifests({name: 'lint-lost', namespace, ip: '10.128.9.2'}) as ReadonlyArray<
			Record<string, unknown> & {spec: object}
		>;
		const egress = [{bind: '127.0.0.2', ports: [{number: 9080, name: 'http', protocol: 'HTTP'}], hosts: ['./*']}];
		const input = JSON.stringify({...sidecar, spec: {...sidecar?.spec, egress}});
		const strict = await run(cluster, ['kubectl', 'apply', '-f', '-'], {input});
		expect(strict.stderr).toContain('unknown field "spec.egress[0].ports"');
		await must(cluster, ['kubectl', 'apply', '--validate=false', '-f', '-'], {input});
		const {code, results} = await lint('-n', namespace);
		const found = results.find(({target}) => target === `sidecar/${namespace}/lint-lost`)?.findings.map(({id}) => id);
		expect(found).toEqual(['sidecar.ports-list']);
		expect(code).toBe(79);
	});
});
