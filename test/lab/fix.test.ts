import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
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
import {giveForeignToken} from './proxy-container.ts';

/* `doctor --fix` on a real proxy: each fault is made for real, mended by the id that the doctor names, and nothing is found afterwards. */

const name = 'fix';
const target = `${name}.${name}`;
let meshboard: Meshboard;
const noted: string[] = [];

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(name);
	const ip = await vm.up(name);
	await vm.app(name);
	await apply(entryManifests({name, namespace: name, ip}));
	const {code, stdout, stderr} = await meshboard.run(['onboard', target, '--prepare', '--yes'], {seconds: 170});
	expect(code, stdout + stderr).toBe(0);
}, 300_000);

afterAll(async () => {
	console.log(noted.join('\n'));
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

const onVm = (script: string) => vm.exec(name, 'sh', '-c', script);
const restart = 'docker restart -t 1 istio-proxy';

async function doctor(...words: readonly string[]) {
	const {code, stdout, stderr} = await meshboard.run(['doctor', target, '-o', 'json', ...words], {seconds: 100});
	type Result = {findings: ReadonlyArray<{id: string; fixable?: true}>; gone?: boolean; outcome?: string};
	const results = stdout === '' ? [] : (JSON.parse(stdout) as {results: Result[]}).results;
	return {code, whole: stdout + stderr, result: results[0], findings: results[0]?.findings ?? []};
}

const patch = (change: object) =>
	kubectl(`-n ${name} patch workloadentry ${name} --type merge -p`, JSON.stringify(change));

const faults: ReadonlyArray<{readonly id: string; readonly make: () => Promise<unknown>}> = [
	{id: 'token.audience', make: () => giveForeignToken(name)},
	{
		id: 'token.missing',
		make: () => onVm(`rm /etc/istio-proxy/istio-token; mkdir /etc/istio-proxy/istio-token; ${restart} || true`),
	},
	{id: 'vm.docker-stopped', make: () => onVm('systemctl stop docker.socket docker')},
	{id: 'service.none-selects', make: () => kubectl(`-n ${name} delete service ${name}`)},
	{id: 'entry.labels-missing', make: () => patch({spec: {labels: {version: null}}})},
];

test.each(faults)('$id is mended, and nothing is found then', {timeout: 150_000}, async ({id, make}) => {
	const begun = performance.now();
	await make();
	const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);
	const fix = async () => {
		const since = performance.now();
		const answer = await doctor('--fix', id, '--yes');
		// What a fault does shows itself within seconds: until then it is not found, and nothing is done.
		if (answer.result === undefined) throw new Error(answer.whole);
		return {...answer, seconds: seconds(since)};
	};
	const mended = await eventually(`a fault ${id}`, 60, fix);
	expect(mended.whole).toMatch(/"gone": true/);
	expect(mended.code, mended.whole).toBe(0);
	await eventually('nothing found', 60, async () => {
		const {code, findings, whole} = await doctor();
		if (findings.length > 0 || code !== 0) throw new Error(whole);
		return true;
	});
	noted.push(`${id}: ${mended.seconds} s, with all ${seconds(begun)} s`);
});

test('an archive of it says the same without cluster and VM', {timeout: 60_000}, async () => {
	const file = join(meshboard.home, 'fix.tgz');
	await onVm('docker stop -t 1 istio-proxy');
	const live = await doctor('--archive', file);
	const {HOME: _home, ...elsewhere} = meshboard.env;
	const home = join(meshboard.home, 'elsewhere');
	const env = {...elsewhere, HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, XDG_CACHE_HOME: home};
	const {code, stdout, stderr} = await meshboard.run(['doctor', '--from', file, '-o', 'json'], {env});
	expect(live.findings.map(({id}) => id)).toEqual(['proxy.not-running']);
	expect(JSON.parse(stdout), stderr).toMatchObject({results: [live.result]});
	expect(code).toBe(live.code);
	await onVm('docker start istio-proxy');
});

test('the application is reached again', {timeout: 90_000}, async () => {
	await eventually('the answer of the VM', 60, async () => (await askFromPod(name, name, 9080)) === name);
});
