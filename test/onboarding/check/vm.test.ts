import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes, UserError} from '../../../source/errors.ts';
import type {Target} from '../../../source/mesh/target.ts';
import type {StepContext} from '../../../source/onboarding/step.ts';
import {vmStep} from '../../../source/onboarding/steps/check/vm.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

const prepared = readFileSync(new URL('../../vm/fixtures/probe-prepared.txt', import.meta.url), 'utf8');
const clock = 1795494350;
const image = (present: boolean) => prepared.replace('=image 1', `=image ${present ? 0 : 1}`);
const here: Partial<Target> = {instanceIp: {value: '10.128.0.77', source: 'entry'}};

function check(
	output: string,
	change: Partial<Target> = {},
	facts: StepContext['facts'] = {serverTime: () => clock + 1},
) {
	const target = targetNamed('ratings-vm', 'bookinfo', {...here, ...change});
	const options = {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
	const {outcome, asked} = drive(vmStep, {target, facts, options}, () => ran(output));
	const checks = Object.fromEntries(
		(outcome.checks ?? []).map(({id, outcome: how, detail}) => [id, `${how}: ${detail}`]),
	);
	return {outcome, asked, checks, ids: (outcome.findings ?? []).map(({id}) => id)};
}

const socket = (address: string, process = '') =>
	`LISTEN 0 128 ${address} 0.0.0.0:*${process === '' ? '' : ` users:(("${process}",pid=1,fd=3))`}`;
const listening = (...sockets: readonly string[]) =>
	prepared.replace('=listeners 0\n', `=listeners 0\n${sockets.map((each) => `|${each}\n`).join('')}`);
const container = (change: {
	name?: string;
	pod?: string;
	namespace?: string;
	state?: string;
	policy?: string;
	image?: string;
}) => {
	const {
		name = 'istio-proxy',
		pod = 'ratings-vm',
		namespace = 'bookinfo',
		state = 'running',
		policy = 'unless-stopped',
	} = change;
	const variables = pod === '' ? '' : ` "POD_NAME=${pod}" "POD_NAMESPACE=${namespace}"`;
	return `|"/${name}" "${change.image ?? 'docker.io/istio/proxyv2:1.31.0'}" "${state}" "${policy}" "host"${variables}\n`;
};
const withContainers = (output: string, ...lines: readonly string[]) =>
	output.replace('=containers 0\n', `=containers 0\n${lines.join('')}`);

describe('a sound VM', () => {
	it('passes every check, asked side by side, and is told in a line', () => {
		const {outcome, asked, checks, ids} = check(prepared);
		expect(asked.filter((action) => action.kind === 'exec' && action.as === 'user')).toHaveLength(2);
		expect(ids).toEqual([]);
		expect(outcome).toMatchObject({
			status: 'succeeded',
			detail: 'Debian GNU/Linux 12 (bookworm), Docker 20.10.24+dfsg1',
		});
		expect(Object.values(checks).filter((text) => !text.startsWith('passed'))).toEqual([]);
		expect(checks['vm.inbound-9080']).toContain('the application listens on 127.0.0.1:9080');
		expect(outcome.facts?.vm?.user).toBe('istio-proxy');
	});

	it('may have an application that is not started yet', () => {
		const quiet = prepared.replace(/\|LISTEN.*127\.0\.0\.1:9080.*\n/, '');
		expect(check(quiet)).toMatchObject({
			ids: [],
			checks: {'vm.inbound-9080': expect.stringContaining('nothing listens')},
		});
	});

	it('is bootstrapped again without complaint: what its own proxy holds is free', () => {
		const own = withContainers(
			listening(...[15000, 15020, 15021, 15090].map((port) => socket(`0.0.0.0:${port}`)), socket('10.128.0.77:9080')),
			container({}),
		);
		const {outcome, ids, checks} = check(own);
		expect(ids).toEqual([]);
		expect(outcome.status).toBe('succeeded');
		expect(checks['vm.ports']).toContain("this entry's own proxy");
	});
});

describe('what a VM can lack', () => {
	const engine = (code: number, text: string) =>
		prepared.replace(/=engine 0\n.*/, `=engine ${code}\n|${text}`).replace('=containers 0', '=containers 1');
	const denied = 'permission denied while trying to connect to the Docker daemon socket';
	const directory = (words: string) => prepared.replace('=writable 0\n|yes', `=writable 1\n|mkdir: ${words}`);

	it.each<[string, string, string, string?]>([
		['another system', prepared.replace('|Linux', '|FreeBSD'), 'vm.os-unsupported'],
		[
			'no Docker',
			engine(127, 'docker: not found').replace('|docker\n|ss', '|ss'),
			'vm.runtime-missing',
			'sudo apt-get install -y docker.io',
		],
		[
			'no right to Docker',
			engine(1, denied).replace('|docker:x:103:istio-proxy', '|docker:x:103:'),
			'vm.docker-denied',
			'sudo usermod -aG docker istio-proxy',
		],
		['a new session', engine(1, denied).replace('|istio-proxy docker', '|istio-proxy'), 'vm.docker-group-stale'],
		[
			'a running daemon',
			engine(1, 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.'),
			'vm.docker-stopped',
		],
		[
			'a directory that can be written',
			directory("cannot create directory '/etc/istio-proxy/x': Permission denied"),
			'vm.config-dir-denied',
		],
		['a directory at all', prepared.replace('|kind directory', '|kind other'), 'vm.config-dir-denied'],
		[
			'a writable file system',
			directory("cannot create directory '/etc/istio-proxy/x': Read-only file system"),
			'vm.disk-unwritable',
		],
		['room for the image', image(false).replace(/71395412 {6}26% \/var/, '900000 26% /var'), 'vm.disk-unwritable'],
		['inodes', prepared.replace('16170840 ', '0 '), 'vm.disk-unwritable'],
		['INSTANCE_IP', prepared.replace('inet 10.128.0.77', 'inet 10.128.0.99'), 'entry.instance-ip-not-local'],
		['Docker after a reboot', prepared.replace('|enabled enabled', '|enabled disabled'), 'vm.not-reboot-safe'],
		['a directory after a reboot', prepared.replace('|type overlayfs', '|type tmpfs'), 'vm.not-reboot-safe'],
		['a restart policy', withContainers(prepared, container({policy: 'no'})), 'vm.not-reboot-safe'],
	])('%s', (_, output, id, command) => {
		const {ids, outcome} = check(output);
		expect(ids).toEqual([id]);
		expect(outcome.status).toBe(outcome.findings?.[0]?.severity === 'error' ? 'failed' : 'succeeded');
		expect(outcome.findings?.[0]?.evidence.length).toBeGreaterThan(0);
		if (command !== undefined) expect(outcome.findings?.[0]?.remedy.command).toBe(command);
	});

	it('needs less room once the image is there', () => {
		expect(check(image(true).replace(/71395412 {6}26% \/var/, '900000 26% /var')).ids).toEqual([]);
		expect(check(image(true).replace(/71395412 {6}26% \/var/, '90000 26% /var')).ids).toEqual(['vm.disk-unwritable']);
	});

	it('is not reboot-safe below /tmp, the default of the original', () => {
		expect(check(prepared, {configDir: {value: '/tmp/istio-proxy', source: 'default'}}).ids).toEqual([
			'vm.not-reboot-safe',
		]);
	});

	it('is told all at once', () => {
		const bad = engine(1, denied).replace('=writable 0\n|yes', '=writable 1\n|mkdir: Permission denied');
		expect(check(bad, {}, {serverTime: () => clock + 3600}).ids).toEqual([
			'vm.docker-denied',
			'vm.config-dir-denied',
			'vm.clock-skew',
		]);
	});
});

describe('the clock', () => {
	it.each([
		[0, 'passed'],
		[120, 'passed'],
		[-120, 'passed'],
		[121, 'failed'],
		[-121, 'failed'],
	])('%i s off is %s', (seconds, outcome) => {
		expect(check(prepared, {}, {serverTime: () => clock + seconds}).checks['vm.clock']).toMatch(
			new RegExp(`^${outcome}`),
		);
	});

	it('is not judged when the time of the cluster is not known', () => {
		expect(check(prepared, {}, {})).toMatchObject({ids: [], checks: {'vm.clock': expect.stringMatching(/^not-done/)}});
	});
});

describe('addresses', () => {
	it('that were exchanged are told as that, not as missing', () => {
		const {ids} = check(prepared, {
			entry: {...targetNamed('ratings-vm', 'bookinfo').entry, address: '10.128.0.77'},
			instanceIp: {value: '35.194.38.142', source: 'annotation'},
		});
		expect(ids).toEqual(['entry.addresses-swapped']);
	});

	it("that lie on Docker's bridge are wrong", () => {
		expect(check(prepared, {instanceIp: {value: '172.17.0.1', source: 'annotation'}}).ids).toEqual(['entry.wrong-ip']);
	});

	it('name the right one in the remedy', () => {
		const {outcome} = check(prepared, {instanceIp: {value: '35.194.38.142', source: 'annotation'}});
		expect(outcome.findings?.[0]?.remedy.command).toContain('proxy-instance-ip=10.128.0.77');
	});

	it('that the VM does not tell are not judged', () => {
		const silent = prepared.replace(/=addresses 0\n(\|.*\n)+/, '=addresses 127\n|sh: hostname: not found\n');
		expect(check(silent).checks['vm.instance-ip']).toMatch(/^not-done/);
	});
});

describe('ports', () => {
	it.each([
		['an inbound port on every address', socket('0.0.0.0:9080', 'java'), 'listener.port-taken'],
		['an inbound port on every address, IPv6', '[::]:9080', 'listener.port-taken'],
		['INSTANCE_IP', socket('10.128.0.77:9080', 'docker-proxy'), 'listener.port-taken'],
		["one of the proxy's", socket('0.0.0.0:15021', 'nginx'), 'vm.ports-in-use'],
		["one of the proxy's, by whom is hidden", socket('0.0.0.0:15020'), 'vm.ports-in-use'],
		["the admin interface's", socket('127.0.0.1:15000', 'python3'), 'vm.ports-in-use'],
		["one of the proxy's, by the package", socket('0.0.0.0:15021', 'envoy'), 'proxy.already-running'],
	])('%s held by another', (_, line, id) => {
		expect(check(listening(line.startsWith('LISTEN') ? line : `LISTEN 0 128 ${line} [::]:*`)).ids).toEqual([id]);
	});

	it('that do not clash are left alone', () => {
		const others = listening(socket('10.128.0.99:15000'), socket('127.0.0.2:9080'), socket('0.0.0.0:15001'));
		expect(check(others).ids).toEqual([]);
	});

	it('of interception count where the entry has it', () => {
		const redirect: Partial<Target> = {interceptionMode: {value: 'REDIRECT', source: 'annotation'}};
		expect(check(listening(socket('0.0.0.0:15001', 'nginx')), redirect).ids).toEqual(['vm.ports-in-use']);
		expect(check(listening(socket('0.0.0.0:9080', 'java')), redirect).ids).toEqual([]);
	});

	it('names who holds an inbound port, also while the own proxy runs', () => {
		const {outcome} = check(withContainers(listening(socket('0.0.0.0:9080', 'java')), container({})));
		expect(outcome.findings?.[0]).toMatchObject({id: 'listener.port-taken', summary: expect.stringContaining('java')});
		expect(outcome.findings?.[0]?.remedy.command).toBe('sudo ss -ltnp sport = :9080');
	});

	it.each(['', 'envoy', 'pilot-agent'])("are the package's own when it is at work (held by %j)", (process) => {
		const layout = {value: 'package', source: 'flag'} as const;
		const at = (address: string) => check(listening(socket(`${address}:9080`, process)), {layout}).ids;
		expect(at('10.128.0.77')).not.toContain('listener.port-taken');
		expect(at('0.0.0.0')).toContain('listener.port-taken');
	});

	it('that a proxy holds are not judged where the engine could not be asked whose it is', () => {
		const all = [15000, 15020, 15021, 15090].map((port) => socket(`0.0.0.0:${port}`));
		const untold = (...lines: readonly string[]) =>
			check(listening(...lines, socket('10.128.0.77:9080')).replace('=containers 0', '=containers 127'));
		expect(untold(...all)).toMatchObject({ids: [], checks: {'vm.ports': expect.stringMatching(/^not-done.*whose/)}});
		expect(untold(...all.slice(1)).ids).toEqual(['vm.ports-in-use', 'listener.port-taken']);
		expect(check(listening(...all)).ids).toEqual(['vm.ports-in-use']);
	});

	it('that cannot be listed are not judged', () => {
		const silent = prepared.replace('=listeners 0', '=listeners 1');
		expect(check(silent).checks).toMatchObject({
			'vm.ports': expect.stringMatching(/^not-done/),
			'vm.inbound-9080': expect.stringMatching(/^not-done/),
		});
	});
});

describe('containers', () => {
	it.each([
		['the proxy of another entry under our name', container({pod: 'details-vm'}), 'proxy.name-conflict'],
		['the same name in another namespace', container({namespace: 'shop'}), 'proxy.name-conflict'],
		['anything else under our name', container({pod: '', image: 'nginx'}), 'proxy.name-conflict'],
		['another proxy under another name', container({name: 'details', pod: 'details-vm'}), 'proxy.already-running'],
		["this entry's proxy under a former name", container({name: 'former'}), 'proxy.already-running'],
		['a proxy that is stopped', container({name: 'details', pod: 'details-vm', state: 'exited'}), undefined],
		['any other container', container({name: 'app', pod: '', image: 'nginx'}), undefined],
	])('%s', (_, line, id) => {
		const taken = listening(...(line.includes('"running"') && id !== undefined ? [socket('0.0.0.0:15021')] : []));
		expect(check(withContainers(taken, line)).ids).toEqual(id === undefined ? [] : [id]);
	});
});

it('a VM whose answer cannot be read is a failure, not a list of guesses', () => {
	const {outcome} = check('sh: 1: Syntax error');
	expect(outcome).toMatchObject({status: 'failed', detail: expect.stringContaining('could not be read')});
	expect(outcome.findings).toBeUndefined();
});

describe('what confines containers', () => {
	const confined = (...lines: readonly string[]) =>
		`${prepared}=confinement 0\n${lines.map((line) => `|${line}\n`).join('')}`;

	it('is told', () => {
		const {checks} = check(confined('selinux Enforcing', 'engine ["name=userns"]'));
		expect(checks['vm.confinement']).toMatch(/^passed: SELinux enforces: .*:z; Docker remaps users: .*--userns host/);
	});

	it('is a fault where Docker runs without root: its host network is not the VM’s', () => {
		const rootless = confined('engine ["name=rootless"]');
		const {outcome, checks} = check(rootless);
		expect(outcome).toMatchObject({status: 'failed', detail: expect.stringContaining('--runtime podman')});
		expect(checks['vm.confinement']).toMatch(/^failed: Docker runs without root for istio-proxy/);
	});
});

describe('the ways out of a VM', () => {
	it('are told where there are any', () => {
		const output = `${prepared}=ways-out 0\n|environment http://proxy:3128\n|mirrors https://mirror.lab\n`;
		expect(check(output).checks['vm.ways-out']).toBe(
			'passed: the proxy http://proxy:3128 for everybody; Docker by the mirror https://mirror.lab',
		);
		expect(check(prepared).checks['vm.ways-out']).toBeUndefined();
	});
});

describe('a VM that does not know the account of the proxy', () => {
	const refuses = (...accounts: ReadonlyArray<'admin' | 'user'>) =>
		function look(task: 'check' | 'onboard') {
			const target = targetNamed('ratings-vm', 'bookinfo', here);
			const options = {task, prepare: false, force: false, profile: 'default', context: 'lab'} as const;
			return drive(vmStep, {target, facts: {}, options}, (action) => {
				if (action.kind === 'exec' && accounts.includes(action.as))
					throw new UserError({code: 'ssh.auth-failed', message: 'No.', exitCode: exitCodes.notPermitted});
				return ran();
			}).outcome;
		};

	it('is looked at further as the admin account in a check, with what is to be done', () => {
		const {status, target, findings} = refuses('user')('check');
		expect(status).toBe('failed');
		expect(target?.ssh.user.value).toBe(targetNamed('a', 'b').adminUser.value);
		expect(findings).toMatchObject([
			{id: 'ssh.auth-failed', remedy: {command: 'meshboard prepare ratings-vm.bookinfo'}},
		]);
	});

	it('is not where that is not let in either, nor in an onboarding, which needs the account itself', () => {
		expect(() => refuses('user', 'admin')('check')).toThrow('No.');
		expect(() => refuses('user')('onboard')).toThrow('No.');
	});
});
