import {createHash} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {containerCommand} from '../../../source/bundle/container.ts';
import {bundleFiles} from '../../../source/bundle/files.ts';
import type {Action, TokenAnswer} from '../../../source/onboarding/action.ts';
import type {Facts, Outcome, Step} from '../../../source/onboarding/step.ts';
import {bootstrapSteps} from '../../../source/onboarding/steps/bootstrap/index.ts';
import {formOf} from '../../../source/proxy/container.ts';
import {commandLine} from '../../../source/vm/quote.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

const target = targetNamed('ratings-vm', 'bookinfo');
const options = {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
const directory = target.configDir.value;
const now = 1_800_000_000;

type File = {content: string; mode: number; written: number};
type Vm = {
	files: Map<string, File>;
	container: Record<string, unknown> | undefined;
	image: boolean;
	/** What docker says instead of doing what it is told, by the second word of the command. */
	docker: Record<string, {code: number; stderr: string}>;
	clock: number;
};

const environment = String(bundleFiles(target)[0]?.content);
const payloadOf = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
const claims = {
	aud: ['istio-ca'],
	sub: 'system:serviceaccount:bookinfo:bookinfo-ratings',
	iss: 'https://kubernetes.default.svc',
	iat: now,
	exp: now + 86_400,
};

function emptyVm(): Vm {
	return {files: new Map(), container: undefined, image: false, docker: {}, clock: now + 10};
}

/** What `docker run` of our command makes, as `docker container inspect` tells it. */
function containerAt(startedAt: number, env = environment): Record<string, unknown> {
	const form = formOf(containerCommand(target));
	return {
		Image: 'sha256:1',
		RestartCount: 0,
		State: {Status: 'running', ExitCode: 0, StartedAt: new Date(startedAt * 1000).toISOString()},
		Config: {Image: form.image, Cmd: form.command, Env: [...env.split('\n'), 'PATH=/usr/bin']},
		HostConfig: {
			Binds: form.binds,
			NetworkMode: form.network,
			RestartPolicy: {Name: form.restartPolicy},
			ExtraHosts: form.extraHosts,
		},
	};
}

const container = (vm: Vm) =>
	vm.container as {Config: {Image: string; Env: string[]; Cmd: string[]}; State: {Status: string}};
const has = (vm: Vm, name: string) => vm.files.get(`${directory}/${name}`);

/** Answers as a VM with these files and this engine would. */
function answer(vm: Vm): (action: Action) => unknown {
	return (action) => {
		switch (action.kind) {
			case 'issue-token': {
				const {aud, sub, iss, iat, exp} = claims;
				return {
					claims: {
						audience: aud,
						subject: sub,
						issuer: iss,
						issuedAt: iat,
						expiresAt: exp,
						namespace: 'bookinfo',
						serviceAccount: 'bookinfo-ratings',
						serviceAccountUid: '1',
					},
					expiresAt: new Date(exp * 1000).toISOString(),
					askedSeconds: 86_400,
				} satisfies TokenAnswer;
			}
			case 'write':
				for (const {name, mode, content} of action.files) {
					const text = typeof content === 'string' ? content : `head.${payloadOf(claims)}.signature`;
					vm.files.set(`${directory}/${name}`, {content: text, mode, written: vm.clock});
				}
				return {written: action.files.map(({name}) => name)};
			case 'exec':
				return shell(vm, action.command);
			default:
				throw new Error(`not asked of a VM: ${action.kind}`);
		}
	};
}

function shell(vm: Vm, command: string) {
	const words = command.split(' ');
	if (command.startsWith('# meshboard looks')) return ran('=confinement 0\n|selinux \n|engine \n');
	if (command === 'date -u +%s') return ran(`${vm.clock}\n`);
	if (command.startsWith(`cd ${directory} && sha256sum`)) {
		const names = words.slice(4).filter((name) => has(vm, name) !== undefined);
		const sums = names.map(
			(name) =>
				`${createHash('sha256')
					.update(has(vm, name)?.content ?? '')
					.digest('hex')}  ${name}\n`,
		);
		return ran(sums.join(''), sums.length === words.length - 4 ? 0 : 1);
	}
	if (words[0] === 'stat') {
		const lines = words.slice(3).flatMap((path) => {
			const file = vm.files.get(path);
			return file === undefined ? [] : [`${file.written} ${file.mode.toString(8)} ${path}\n`];
		});
		return ran(lines.join(''));
	}
	if (words[0] === 'cut') return ran(`${has(vm, 'istio-token')?.content.split('.')[1] ?? ''}\n`);
	const said = words[0] === 'docker' ? vm.docker[words[1] ?? ''] : undefined;
	if (said !== undefined) return ran('', said.code, said.stderr);
	switch (words.slice(0, 3).join(' ')) {
		case 'docker container inspect':
			return vm.container === undefined
				? ran('[]\n', 1, 'Error: No such container: istio-proxy')
				: ran(JSON.stringify([vm.container]));
		case 'docker image inspect':
			return vm.image
				? ran(JSON.stringify([{Id: 'sha256:1', Config: {Env: ['PATH=/usr/bin']}}]))
				: ran('[]\n', 1, 'Error: No such image');
		case `docker pull ${target.image.value}`:
			vm.image = true;
			return ran('Status: Downloaded newer image\n');
		case 'docker rm --force':
			vm.container = undefined;
			return ran('istio-proxy\n');
		case 'docker run -d':
			expect(command).toBe(commandLine(containerCommand(target)));
			vm.container = containerAt(vm.clock, has(vm, 'sidecar.env')?.content);
			return ran('0123456789abcdef\n');
	}
	throw new Error(`the VM does not know: ${command}`);
}

type Done = {readonly outcomes: Readonly<Record<string, Outcome>>; readonly changes: readonly Action[]};

/** The phase, as the runner walks it; `kill` stops it before the step of that name. */
function bootstrap(vm: Vm, change: {force?: boolean; kill?: string} = {}): Done {
	let facts: Facts = {};
	const outcomes: Record<string, Outcome> = {};
	const changes: Action[] = [];
	for (const step of bootstrapSteps) {
		if (step.id === change.kill) break;
		const {outcome, asked} = walk(step, vm, facts, change.force);
		vm.clock += 5;
		changes.push(...asked.filter((action) => 'changes' in action && action.changes));
		outcomes[step.id] = outcome;
		facts = {...facts, ...outcome.facts};
		if (outcome.status === 'failed') break;
	}
	return {outcomes, changes};
}

function walk(step: Step, vm: Vm, facts: Facts, force = false) {
	return drive(step, {target, facts, options: {...options, force}}, answer(vm));
}

const kinds = ({changes}: Done) =>
	changes.map((action) =>
		action.kind === 'exec'
			? action.command.split(' ').slice(0, 2).join(' ')
			: action.kind === 'write'
				? action.files.map(({name}) => name).join(' ')
				: action.kind,
	);

describe('a VM without a proxy', () => {
	it('gets the token, the files, the image and the container, in this order', () => {
		const vm = emptyVm();
		const done = bootstrap(vm);
		expect(kinds(done)).toEqual(['issue-token', 'sidecar.env istio-ca.pem istio-token', 'docker pull', 'docker run']);
		expect(Object.values(done.outcomes).map(({status}) => status)).toEqual(Array(5).fill('succeeded'));
		expect(done.outcomes['bootstrap.compare']?.detail).toContain('sidecar.env is absent');
	});

	it('is unchanged afterwards: nothing is done, and it says so', () => {
		const vm = emptyVm();
		bootstrap(vm);
		const again = bootstrap(vm);
		expect(again.changes).toEqual([]);
		expect(again.outcomes['bootstrap.compare']).toMatchObject({status: 'succeeded', facts: {unchanged: true}});
		for (const id of ['token', 'files', 'image', 'start']) {
			expect(again.outcomes[`bootstrap.${id}`]).toEqual({status: 'skipped', detail: 'unchanged'});
		}
	});

	it('never shows its token’s signature', () => {
		const vm = emptyVm();
		bootstrap(vm);
		expect(JSON.stringify(bootstrap(vm))).not.toContain('signature');
	});
});

describe('an onboarded VM', () => {
	const onboarded = () => {
		const vm = emptyVm();
		bootstrap(vm);
		return vm;
	};

	it('is replaced when that is asked for', () => {
		expect(kinds(bootstrap(onboarded(), {force: true}))).toEqual([
			'issue-token',
			'sidecar.env istio-ca.pem istio-token',
			'docker pull',
			'docker rm',
			'docker run',
		]);
	});

	it.each([
		['sidecar.env', 'A=changed', ['sidecar.env']],
		['istio-ca.pem', 'another root', ['istio-ca.pem']],
		['istio-token', 'not a token', ['issue-token', 'istio-token']],
		[
			'istio-token',
			`head.${payloadOf({...claims, aud: ['kubernetes.default.svc']})}.sig`,
			['issue-token', 'istio-token'],
		],
		[
			'istio-token',
			`head.${payloadOf({...claims, sub: 'system:serviceaccount:bookinfo:other'})}.sig`,
			['issue-token', 'istio-token'],
		],
		[
			'istio-token',
			`head.${payloadOf({...claims, iat: now - 86_400, exp: now + 60})}.sig`,
			['issue-token', 'istio-token'],
		],
		['istio-token', `head.${payloadOf({...claims, exp: now - 1})}.sig`, ['issue-token', 'istio-token']],
	])('whose %s is %s gets that file, and a new container', (name, content, expected) => {
		const vm = onboarded();
		vm.files.set(`${directory}/${name}`, {content, mode: name === 'istio-token' ? 0o640 : 0o644, written: now});
		expect(kinds(bootstrap(vm))).toEqual([...expected, 'docker rm', 'docker run']);
		expect(bootstrap(vm).changes).toEqual([]);
	});

	it('whose token everybody may read gets a new one', () => {
		const vm = onboarded();
		const token = has(vm, 'istio-token');
		if (token !== undefined) token.mode = 0o644;
		const done = bootstrap(vm);
		expect(done.outcomes['bootstrap.compare']?.detail).toContain('mode 644 instead of 640');
		expect(kinds(done)).toContain('issue-token');
	});

	it.each([
		['stopped', (vm: Vm) => (container(vm).State.Status = 'exited')],
		['made with other arguments', (vm: Vm) => container(vm).Config.Cmd.push('--log_as_json')],
		['made from another image', (vm: Vm) => (container(vm).Config.Image = 'istio/proxyv2:old')],
		['made with another environment', (vm: Vm) => container(vm).Config.Env.push('LEFT=over')],
		['gone', (vm: Vm) => (vm.container = undefined)],
	])('whose container is %s gets a new one, and keeps its files', (_, change) => {
		const vm = onboarded();
		change(vm);
		expect(kinds(bootstrap(vm)).filter((kind) => kind !== 'docker rm')).toEqual(['docker run']);
		expect(bootstrap(vm).changes).toEqual([]);
	});

	it('keeps a token of which more than half is left', () => {
		const vm = onboarded();
		vm.clock = now + 43_000;
		expect(bootstrap(vm).changes).toEqual([]);
		vm.clock = now + 43_201;
		expect(kinds(bootstrap(vm))).toContain('issue-token');
	});
});

describe('a run that was killed', () => {
	it.each(['bootstrap.files', 'bootstrap.image', 'bootstrap.start'])('before %s is completed by the next', (kill) => {
		const vm = emptyVm();
		bootstrap(vm, {kill});
		bootstrap(vm);
		expect(bootstrap(vm).changes).toEqual([]);
		expect(vm.container).toBeDefined();
	});

	it('after new files and before the new container leaves a proxy that still has the old ones: that is seen', () => {
		const vm = emptyVm();
		bootstrap(vm);
		vm.clock += 800;
		const old = vm.container;
		bootstrap(vm, {kill: 'bootstrap.start', force: true});
		expect(vm.container).toBe(old);
		const next = bootstrap(vm);
		expect(next.outcomes['bootstrap.compare']?.detail).toContain('replaced after the container was started');
		expect(kinds(next)).toEqual(['docker rm', 'docker run']);
	});

	it('between removal and start is completed', () => {
		const vm = emptyVm();
		bootstrap(vm);
		vm.container = undefined;
		expect(kinds(bootstrap(vm))).toEqual(['docker run']);
	});
});

describe('a container of that name', () => {
	it.each([
		['of another entry', ['POD_NAME=other-vm', 'POD_NAMESPACE=bookinfo']],
		['of the same name in another namespace', ['POD_NAME=ratings-vm', 'POD_NAMESPACE=other']],
		['that is no proxy', ['PATH=/usr/bin']],
	])('%s is left alone, also when all is to be replaced', (_, env) => {
		for (const force of [false, true]) {
			const vm = emptyVm();
			vm.container = containerAt(now, env.join('\n'));
			const done = bootstrap(vm, {force});
			expect(done.changes).toEqual([]);
			expect(done.outcomes['bootstrap.compare']).toMatchObject({
				status: 'failed',
				findings: [{id: 'proxy.name-conflict'}],
			});
		}
	});

	it('that came in between is left alone too', () => {
		const vm = emptyVm();
		vm.container = containerAt(now, 'POD_NAME=other-vm');
		const start = bootstrapSteps.find(({id}) => id === 'bootstrap.start');
		const {outcome, asked} = walk(start as Step, vm, {});
		expect(outcome.findings?.[0]?.id).toBe('proxy.name-conflict');
		expect(asked).toHaveLength(1);
	});
});

describe('docker that refuses', () => {
	it.each([
		[
			'container',
			'permission denied while trying to connect to the Docker daemon socket',
			'bootstrap.compare',
			'vm.docker-denied',
		],
		[
			'container',
			'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
			'bootstrap.compare',
			'vm.docker-stopped',
		],
		['pull', 'manifest for istio/proxyv2:no not found: manifest unknown', 'bootstrap.image', 'proxy.image-not-found'],
		['pull', 'toomanyrequests: limit', 'bootstrap.image', 'proxy.image-denied'],
		['pull', 'dial tcp: lookup docker.io: no such host', 'bootstrap.image', 'proxy.registry-unreachable'],
		['pull', 'write /x: no space left on device', 'bootstrap.image', 'vm.disk-unwritable'],
		['pull', 'no matching manifest for linux/arm64/v8', 'bootstrap.image', 'vm.arch-mismatch'],
		['run', 'Conflict. The container name "/istio-proxy" is already in use', 'bootstrap.start', 'proxy.name-conflict'],
		['run', 'something that nobody has seen yet', 'bootstrap.start', 'proxy.not-running'],
	])('%s: %s', (word, stderr, step, id) => {
		const vm = emptyVm();
		vm.docker[word] = {code: 1, stderr};
		const {outcomes} = bootstrap(vm);
		const failed = outcomes[step];
		expect(failed?.status).toBe('failed');
		expect(failed?.findings?.[0]).toMatchObject({id, evidence: [{text: stderr}]});
		expect(failed?.findings?.[0]?.remedy.command ?? '').not.toMatch(/<(c|dir|image)>/);
	});

	it('to be found at all', () => {
		const vm = emptyVm();
		vm.docker.container = {code: 127, stderr: 'sh: 1: docker: not found'};
		expect(bootstrap(vm).outcomes['bootstrap.compare']?.findings?.[0]?.id).toBe('vm.runtime-missing');
	});
});

it('a token with a shorter life than asked is told', () => {
	const token = bootstrapSteps.find(({id}) => id === 'bootstrap.token') as Step;
	const asked = targetNamed('ratings-vm', 'bookinfo', {tokenSeconds: {value: 864_000, source: 'flag'}});
	const {outcome} = drive(token, {target: asked, facts: {}, options}, (action) => ({
		...(answer(emptyVm())(action) as TokenAnswer),
		askedSeconds: 864_000,
	}));
	expect(outcome).toMatchObject({status: 'succeeded', findings: [{id: 'token.short-lived', severity: 'warning'}]});
	expect(outcome.findings?.[0]?.summary).toContain('24 h instead of 10 d');
});

it('a target whose mesh is not known is not bootstrapped', () => {
	const [compare] = bootstrapSteps;
	const unknown = targetNamed('ratings-vm', 'bookinfo', {mesh: undefined});
	const {outcome, asked} = drive(compare as Step, {target: unknown, facts: {}, options}, answer(emptyVm()));
	expect([outcome.status, asked]).toEqual(['failed', []]);
});
