/*
 * How long it takes to make eight pristine VMs ready at once: `prepare`, beside Ansible with eight forks and beside the bare commands of the guide
 * over ssh; and what the second time takes, when nothing is to be done. In the lab; Ansible comes from PyPI into a folder of its own, and finds
 * on its VMs the python3 and python3-apt of a cloud image, which it wants and the others do not.
 * Run with: npm run bench -- prepare  (needs the lab: test/lab/readme.md)
 */
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import pLimit from 'p-limit';
import {
	apply,
	closeNamespace,
	kubeconfig,
	labKey,
	must,
	newMeshboard,
	openNamespace,
	type Result,
	run,
	vm,
} from '../lab/harness.ts';
import {entryManifests} from '../lab/manifests.ts';
import waitForTheLab from '../lab/one-at-a-time.ts';

const [namespace, patience] = ['bench-prepare', 900];
/** How many VMs; another number may be given. */
const many = Number(process.argv[2] ?? 8);
const names = Array.from({length: many}, (_, n) => `bench-prepare-${n + 1}`);
const publicKey = () => readFileSync(`${labKey}.pub`, 'utf8').trim();

if (!existsSync(kubeconfig())) {
	console.log('Not measured: the lab is not up (test/lab/readme.md).');
	process.exit();
}
const folder = mkdtempSync(join(tmpdir(), 'bench-prepare-'));
const release = await waitForTheLab();
const meshboard = newMeshboard();
try {
	await openNamespace(namespace);
	const ansible = await getAnsible();
	const bare = await measure(bareCommands);
	const ours = await measure(prepare);
	const installing = await Promise.all(names.map(secondsOfPackages));
	const theirs =
		ansible === undefined
			? undefined
			: await measure((addresses) => playbook(ansible, addresses), 'python3 python3-apt');
	const rows = [
		['', 'first time', 'beside ssh', 'second time', 'beside ssh'],
		['the bare commands over ssh', ...cellsOf(bare)],
		['meshboard prepare', ...cellsOf(ours)],
		...(theirs === undefined ? [] : [['Ansible, 8 forks', ...cellsOf(theirs)]]),
	];
	for (const [title = '', ...cells] of rows)
		console.log(title.padEnd(30) + cells.map((cell) => cell.padStart(14)).join(''));
	const [least = 0, most = 0] = [Math.min(...installing), Math.max(...installing)];
	const share = (seconds: number) => `${Math.round((seconds / ours.first) * 100)} %`;
	console.log(
		`Of the first time of meshboard prepare the package manager runs for ${least.toFixed(1)} to ${most.toFixed(1)} s on a VM: ${share(least)} to ${share(most)}.`,
	);
	console.log(`${many} VMs at once, seconds of one run each${ansible === undefined ? '' : `; ${ansible.version}`}.`);

	function cellsOf({first, second}: Measured): readonly string[] {
		const [one, two] = [first / bare.first, second / bare.second];
		return [first.toFixed(1), one.toFixed(2), second.toFixed(1), two.toFixed(2)];
	}
} finally {
	meshboard.remove();
	rmSync(folder, {recursive: true, force: true});
	await Promise.all(names.map((name) => vm.down(name).catch(() => undefined)));
	await closeNamespace(namespace);
	release();
}

type Measured = {readonly first: number; readonly second: number};

/** On VMs from nothing but some packages, twice. */
async function measure(work: (addresses: readonly string[]) => Promise<unknown>, packages = ''): Promise<Measured> {
	await Promise.all(names.map((name) => vm.down(name).catch(() => undefined)));
	const limit = pLimit(4);
	const addresses = await Promise.all(
		names.map((name) =>
			limit(async () => {
				const address = await vm.up(name);
				if (packages !== '') await vm.exec(name, 'sh', '-c', `apt-get update -q && apt-get install -qy ${packages}`);
				return address;
			}),
		),
	);
	await apply(names.flatMap((name, n) => entryManifests({name, namespace, ip: addresses[n] ?? ''})));
	const first = await secondsOf(() => work(addresses));
	return {first, second: await secondsOf(() => work(addresses))};
}

/** How long the package manager ran on a VM, by its own clock: between the files that its job leaves at its beginning and its end. */
async function secondsOfPackages(name: string): Promise<number> {
	const times = await vm.exec(name, 'stat', '-c', '%.3Y', '/run/meshboard/apt.pid', '/run/meshboard/apt.code');
	const [begun = Number.NaN, ended = Number.NaN] = times.split('\n').map(Number);
	return ended - begun;
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
	const begun = Date.now();
	await work();
	return (Date.now() - begun) / 1000;
}

function expectDone({code, stdout, stderr}: Result): void {
	if (code !== 0) throw new Error(`${code}: ${stdout}${stderr}`);
}

async function prepare(): Promise<void> {
	const targets = names.map((name) => `${name}.${namespace}`);
	expectDone(await meshboard.run(['prepare', ...targets, '--yes'], {seconds: patience}));
}

/** What a person types who follows the guide, in one line for each VM. */
async function bareCommands(addresses: readonly string[]): Promise<void> {
	const line = [
		'sudo apt-get update -q',
		'sudo DEBIAN_FRONTEND=noninteractive apt-get install -qy docker.io',
		'sudo systemctl enable --now docker',
		"{ id istio-proxy || sudo useradd --create-home --user-group --shell /bin/sh --password '*' istio-proxy; }",
		'sudo usermod -aG docker istio-proxy',
		'sudo install -d -m 700 -o istio-proxy -g istio-proxy /home/istio-proxy/.ssh',
		`echo '${publicKey()}' | sudo tee /home/istio-proxy/.ssh/authorized_keys`,
		'sudo chown istio-proxy: /home/istio-proxy/.ssh/authorized_keys',
		'sudo install -d -m 775 -o istio-proxy -g istio-proxy /etc/istio-proxy',
	].join(' && ');
	const options = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
	const ends = await Promise.all(
		addresses.map((address) => run('ssh', ['-i', labKey, ...options, `admin@${address}`, line], {seconds: patience})),
	);
	ends.forEach(expectDone);
}

type Ansible = {readonly program: string; readonly version: string};

/** From PyPI; undefined where it cannot be had, which is said. */
async function getAnsible(): Promise<Ansible | undefined> {
	const bin = join(folder, 'ansible', 'bin');
	try {
		await must('python3', ['-m', 'venv', join(folder, 'ansible')]);
		await must(join(bin, 'pip'), ['install', '--quiet', 'ansible-core'], {seconds: 300});
		const [version = ''] = (await must(join(bin, 'ansible'), ['--version'])).split('\n');
		return {program: join(bin, 'ansible-playbook'), version};
	} catch (error) {
		const [reason = ''] = String(error).split('\n');
		console.log(`Without Ansible, which cannot be had here: ${reason}`);
		return undefined;
	}
}

/** The same as a playbook of modules that come with ansible-core, as its documentation has them; JSON is YAML. */
async function playbook({program}: Ansible, addresses: readonly string[]): Promise<void> {
	const owned = {owner: 'istio-proxy', group: 'istio-proxy'};
	const tasks = [
		{apt: {name: 'docker.io', update_cache: true}},
		{systemd_service: {name: 'docker', enabled: true, state: 'started'}},
		{user: {name: 'istio-proxy', shell: '/bin/sh', password: '*', groups: 'docker', append: true}},
		{file: {path: '/home/istio-proxy/.ssh', state: 'directory', mode: '0700', ...owned}},
		{copy: {content: `${publicKey()}\n`, dest: '/home/istio-proxy/.ssh/authorized_keys', mode: '0600', ...owned}},
		{file: {path: '/etc/istio-proxy', state: 'directory', mode: '0775', ...owned}},
	];
	const play = [{hosts: 'all', become: true, tasks}];
	writeFileSync(join(folder, 'play.yml'), JSON.stringify(play));
	writeFileSync(join(folder, 'hosts'), `${addresses.join('\n')}\n`);
	const env = {
		...process.env,
		ANSIBLE_HOST_KEY_CHECKING: 'False',
		ANSIBLE_SSH_ARGS: '-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null',
		ANSIBLE_PIPELINING: 'True',
	};
	const words = ['--inventory', join(folder, 'hosts'), '--user', 'admin', '--private-key', labKey];
	expectDone(await run(program, [...words, '--forks', '8', join(folder, 'play.yml')], {env, seconds: patience}));
}
