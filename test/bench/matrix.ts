/*
 * How long the firewall matrix takes: that of one VM beside its slowest way, and those of 20 VMs beside that of one; near by, and over links with
 * a round trip of 100 ms to each VM and to the API server; with every way open, and with a firewall that drops one. In the lab, with 20 VMs.
 * A way's time is what its row shows: from its beginning to its answer. What comes before it (the process, the objects, the login, the facts) is no
 * way's, and is told beside it. The VMs and the cluster of the lab share this machine's cores, which real ones do not: so what is not meshboard's is
 * measured too, as 20 bare logins and 20 bare commands in a pod side by side, and CPU seconds are counted by whose they are.
 * Run with: npm run bench -- matrix  (needs the lab: test/lab/readme.md)
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import pLimit from 'p-limit';
import type {Check} from '../../source/diagnosis/finding.ts';
import {cpuSecondsOf, cpuSecondsOfMachine, runCounted} from '../helpers/cpu-seconds.ts';
import {slowLink} from '../helpers/slow-link.ts';
import {
	apply,
	closeNamespace,
	kubeconfig,
	kubectl,
	lab,
	labKey,
	must,
	newMeshboard,
	openNamespace,
	vm,
} from '../lab/harness.ts';
import {entryManifests} from '../lab/manifests.ts';
import waitForTheLab from '../lab/one-at-a-time.ts';

const [namespace, roundTrip, many, runs] = ['bench-matrix', 100, 20, 3];
const step = 'check.flows';
const names = Array.from({length: many}, (_, n) => `bench-matrix-${n + 1}`);

if (!existsSync(kubeconfig())) {
	console.log('Not measured: the lab is not up (test/lab/readme.md).');
	process.exit();
}
const release = await waitForTheLab();
const near = newMeshboard();
const far = newMeshboard({kubeconfig: join(near.home, 'far.kubeconfig')});
const links: Array<Awaited<ReturnType<typeof slowLink>>> = [];
try {
	await openNamespace(namespace);
	const addresses = new Map<string, string>();
	const limit = pLimit(4);
	await Promise.all(names.map((name) => limit(async () => addresses.set(name, await vm.up(name)))));
	print('', 'slowest way', 'its matrix', 'ratio', `${many} VMs`, 'one VM', 'ratio');
	await measure('near, open', near);
	await measureBare('  bare ssh, true', (name) => {
		const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
		const words = [...options.flatMap((option) => ['-o', option]), `admin@${addresses.get(name)}`, 'true'];
		return must('ssh', ['-i', labKey, ...words]);
	});
	await measureBare('  kubectl exec, true', () => kubectl(`-n ${namespace} exec deploy/client -c client -- true`));
	await lab('firewall drop isolated gateway 15012');
	await measure('near, one dropped', near);
	await lab('firewall clear');
	await moveAway();
	await measure(`${roundTrip} ms away, open`, far);
	await lab('firewall drop isolated gateway 15012');
	await measure(`${roundTrip} ms away, one dropped`, far);
	console.log(
		`Seconds, medians of ${runs}; "its matrix" is the step "Try every way from both ends" of one VM, "${many} VMs" and "one VM" are whole commands.`,
	);

	async function moveAway(): Promise<void> {
		const config = readFileSync(kubeconfig(), 'utf8');
		const [server, host = '', port = ''] = /https:\/\/([^:\s]+):(\d+)/.exec(config) ?? [''];
		const api = await slowLink(host, Number(port), roundTrip);
		links.push(api);
		writeFileSync(join(near.home, 'far.kubeconfig'), config.replace(server, `https://127.0.0.1:${api.port}`));
		await describeVms(async (ip) => {
			const ssh = await slowLink(ip, 22, roundTrip);
			links.push(ssh);
			return {'ssh-host': '127.0.0.1', 'ssh-port': String(ssh.port)};
		});
	}

	async function describeVms(way: (ip: string) => Promise<Record<string, string>>): Promise<void> {
		for (const [name, ip] of addresses)
			await apply(entryManifests({name, namespace, ip, annotations: {'ssh-user': 'admin', ...(await way(ip))}}));
	}

	/** What is not meshboard's: the same for one and for all, side by side. */
	async function measureBare(title: string, once: (name: string) => Promise<unknown>): Promise<void> {
		const of = async (some: readonly string[]) => {
			const times: number[] = [];
			for (let n = 0; n < runs; n++) {
				const begun = Date.now();
				await Promise.all(some.map(once));
				times.push((Date.now() - begun) / 1000);
			}
			return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
		};
		const [one, all] = [await of(names.slice(0, 1)), await of(names)];
		print(title, '', '', '', all.toFixed(2), one.toFixed(2), (all / one).toFixed(2));
	}

	async function measure(title: string, meshboard: typeof near): Promise<void> {
		if (meshboard === near) await describeVms(async () => ({}));
		// The first login of all asks for host keys to be kept.
		await check(meshboard, names);
		const one = await median(() => check(meshboard, names.slice(0, 1)));
		const all = await median(() => check(meshboard, names));
		const seconds = (value: number) => value.toFixed(2);
		print(
			title,
			seconds(one.slowest),
			seconds(one.ways),
			seconds(one.ways / one.slowest),
			seconds(all.whole),
			seconds(one.whole),
			seconds(all.whole / one.whole),
		);
		for (const [whose, {cpu}] of [
			['one VM', one],
			[`${many} VMs`, all],
		] as const)
			console.log(
				`  CPU of ${whose}: ${Object.entries(cpu)
					.map(([what, time]) => `${what} ${seconds(time)}`)
					.join(', ')}`,
			);
		console.log(
			`  of one VM before its ways: ${one.before.map(([what, time]) => `${what} ${seconds(time)}`).join(', ')}`,
		);
	}
} finally {
	for (const link of links) link.close();
	for (const home of [near, far]) home.remove();
	await lab('firewall clear');
	for (const name of names) await vm.down(name).catch(() => undefined);
	await closeNamespace(namespace);
	release();
}

/** Seconds: the whole command, the step with all ways of one VM, its slowest way, and what came before it; CPU seconds by whose they are. */
type Measured = {
	readonly cpu: Readonly<Record<'meshboard' | 'VMs' | 'pods' | 'all of the machine', number>>;
	readonly whole: number;
	readonly ways: number;
	readonly slowest: number;
	readonly before: ReadonlyArray<readonly [what: string, seconds: number]>;
};

type Event = {
	readonly time: string;
	readonly event: string;
	readonly target: string;
	readonly step?: string;
	readonly check?: Check;
};

async function check(meshboard: typeof near, vms: readonly string[]): Promise<Measured> {
	const counted = () => ({VMs: cpuSecondsOf('docker'), pods: cpuSecondsOf('k8s.io'), all: cpuSecondsOfMachine()});
	const before = counted();
	const begun = Date.now();
	const targets = vms.map((name) => `${name}.${namespace}`);
	const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
	const words = [program, 'check', ...targets, '-o', 'ndjson'];
	const {stdout, stderr, cpu} = await runCounted(process.execPath, words, {env: meshboard.env});
	const whole = (Date.now() - begun) / 1000;
	const after = counted();
	const events = stdout
		.split('\n')
		.filter(Boolean)
		.map((line) => JSON.parse(line) as Event)
		.filter(({target}) => target === targets[0]);
	const at = (event: RegExp, of?: string) => {
		const found = events.find((each) => event.test(each.event) && each.step === of);
		if (found === undefined) throw new Error(`no ${event} ${of}: ${stdout}${stderr}`);
		return (Date.parse(found.time) - begun) / 1000;
	};
	const took = (of: string) => at(/^step\.(succeeded|failed|skipped)$/, of) - at(/^step\.started$/, of);
	const ways = events.flatMap((each) => (each.step === step && each.check?.from !== undefined ? [each.check.ms] : []));
	return {
		cpu: {
			meshboard: cpu,
			VMs: after.VMs - before.VMs,
			pods: after.pods - before.pods,
			'all of the machine': after.all - before.all,
		},
		whole,
		ways: took(step),
		slowest: Math.max(...ways) / 1000,
		before: [
			['process and plan', at(/^run\.started$/)],
			['objects', took('check.objects')],
			['login and facts', took('check.vm')],
		],
	};
}

async function median(once: () => Promise<Measured>): Promise<Measured> {
	const all: Measured[] = [];
	for (let n = 0; n < runs; n++) all.push(await once());
	const middle = all.toSorted((a, b) => a.whole - b.whole)[Math.floor(runs / 2)];
	if (middle === undefined) throw new Error('nothing was measured');
	return middle;
}

function print(title: string, ...cells: readonly string[]): void {
	console.log(title.padEnd(26) + cells.map((cell) => cell.padStart(13)).join(''));
}
