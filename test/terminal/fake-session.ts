import {finding} from '../../source/diagnosis/catalogue.ts';
import type {Check, Finding} from '../../source/diagnosis/finding.ts';
import {UserError} from '../../source/errors.ts';
import type {FleetRow, FleetSnapshot} from '../../source/fleet/row.ts';
import {bareObject} from '../../source/mesh/bare-object.ts';
import {objectName} from '../../source/mesh/object-name.ts';
import {readService} from '../../source/mesh/service.ts';
import type {Examined} from '../../source/onboarding/doctor/examination.ts';
import type {RunEvent, RunEventBody} from '../../source/onboarding/event.ts';
import type {Rehearsal, Wish} from '../../source/onboarding/objects/rehearse.ts';
import {stepTimes} from '../../source/onboarding/progress.ts';
import {createPromptQueue} from '../../source/onboarding/prompt-queue.ts';
import {type RunState, reduceRun} from '../../source/onboarding/run.ts';
import type {OutputView, RunPlan, Session} from '../../source/onboarding/session.ts';
import {createRingBuffer, type RingBuffer} from '../../source/output/ring-buffer.ts';
import type {Profile, Prompts} from '../../source/ports.ts';
import {createStore} from '../../source/terminal/store.ts';
import {targetNamed} from '../helpers/target.ts';
import {stuckProxy} from './examined.ts';
import {createFakeProfiles} from './fake-profiles.ts';
import {brokenRun, checkHeads, heads, planOf} from './fake-runs.ts';
import {someRows} from './some-rows.ts';

/** A session with real stores and runs that follow a script, without cluster or VM. */
export type FakeSession = Session & {
	readonly fleet: Session['fleet'] & {set(snapshot: FleetSnapshot): void};
	readonly prompts: Session['prompts'] & Prompts;
	/** What was asked of the session, in order: `retry <target>`, `cancel <target>`, … */
	readonly calls: readonly string[];
	/** Lets every run take one more step; true while there is one to take. */
	step(): boolean;
	/** What has become of a proxy that is examined. */
	become(ref: string, examined: Examined): void;
	/** Adds a line of output to a run. */
	print(run: string, line: string): void;
};

export type FakeOptions = {
	readonly rows?: readonly FleetRow[];
	readonly profile?: Profile;
	/** Targets whose step `bootstrap.image` fails until it is tried again. */
	readonly failing?: readonly string[];
	readonly interrupted?: readonly string[];
	/** Milliseconds between steps; undefined: `step` is called by the test. */
	readonly pace?: number;
	/** What an examination has found; the default: a proxy whose token has ended. */
	readonly examined?: (ref: string) => Examined;
	/** What `plan` answers with instead. */
	readonly planFault?: Error;
	/** What the server says to an object that is asked about. */
	readonly check?: (wish: Wish, force: boolean) => Promise<Rehearsal>;
	/** What a check finds of a target's ways, round by round from 0. */
	readonly ways?: (
		target: string,
		round: number,
	) => {readonly checks: readonly Check[]; readonly findings?: readonly Finding[]};
	/** Where a VM is reached; all at one address by default. */
	readonly hostOf?: (name: string) => string;
	/** What applying an object fails with. */
	readonly applyFault?: Error;
};

export function createFakeSession(options: FakeOptions = {}): FakeSession {
	const fleet = createStore<FleetSnapshot>({rows: options.rows ?? someRows(), state: {kind: 'live'}, complete: true});
	const runsStore = createStore<readonly RunState[]>([]);
	const outputs = new Map<string, RingBuffer & OutputView>();
	const calls: string[] = [];
	const examinations = new Map<string, ReturnType<typeof createStore<Examined>>>();
	const stubborn = new Set(options.failing ?? []);
	const prompts = createPromptQueue();
	const broken = new Map((options.interrupted ?? []).map((ref) => [ref, brokenRun(ref)]));
	let timer: NodeJS.Timeout | undefined;

	const find = (id: string) => runsStore.getSnapshot().find((run) => run.id === id);
	const nameOf = (id: string) => find(id)?.target ?? id;
	const put = (run: RunState) => {
		const others = runsStore.getSnapshot();
		const known = others.some(({id}) => id === run.id);
		runsStore.set(known ? others.map((other) => (other.id === run.id ? run : other)) : [...others, run]);
	};
	const emit = (run: RunState, body: RunEventBody): RunState => {
		const event: RunEvent = {time: new Date().toISOString(), run: run.id, target: run.target, ...body};
		const next = reduceRun(run, event) ?? run;
		put(next);
		return next;
	};
	const print = (run: string, line: string) => outputs.get(run)?.push(line, Date.now());

	function begin(id: string, target: string, runOptions: RunPlan['options']): void {
		outputs.set(id, newOutput(id));
		const run = reduceRun(undefined, {
			time: new Date().toISOString(),
			run: id,
			target,
			event: 'run.started',
			host: '10.128.0.2',
			options: runOptions,
			steps: runOptions.task === 'check' ? checkHeads : heads,
			pid: 1,
		});
		if (run !== undefined) put(run);
	}

	/** Ends the running step of a run, or begins the next one. */
	function advance(run: RunState): void {
		const running = run.steps.find(({state}) => state === 'running');
		if (running === undefined) {
			const next = run.steps.find(({state}) => state === 'pending');
			if (next === undefined) return void emit(run, {event: 'run.finished', outcome: 'succeeded', seconds: 3});
			print(run.id, `── ${next.title}`);
			const started = emit(run, {event: 'step.started', step: next.id, title: next.title});
			if (next.id !== 'bootstrap.image') return;
			print(run.id, `$ docker pull docker.io/istio/proxyv2:1.31.0`);
			emit(started, {
				event: 'command',
				step: next.id,
				where: 'istio-proxy@10.128.0.2',
				text: 'docker pull docker.io/istio/proxyv2:1.31.0',
			});
			return;
		}
		if (running.id === 'bootstrap.image' && stubborn.has(run.target)) {
			print(run.id, 'write /var/lib/docker/tmp: no space left on device');
			const told = emit(run, {
				event: 'finding',
				step: running.id,
				finding: finding('vm.disk-unwritable', {
					target: 'vm/10.128.0.2',
					evidence: [{source: 'docker pull', text: 'no space left on device'}],
				}),
			});
			const failed = emit(told, {
				event: 'step.failed',
				step: running.id,
				reason: 'The disk of the VM is full',
				finding: 'vm.disk-unwritable',
			});
			return void emit(failed, {event: 'run.finished', outcome: 'failed', seconds: 2});
		}
		if (running.id === 'check.flows' && options.ways !== undefined) {
			const {checks, findings = []} = options.ways(run.target, running.attempts - 1);
			let told = run;
			for (const check of checks) told = emit(told, {event: 'check', step: running.id, check});
			for (const each of findings) told = emit(told, {event: 'finding', step: running.id, finding: each});
			const open = `${checks.filter(({outcome}) => outcome === 'passed').length} of ${checks.length} ways are open`;
			if (checks.every(({outcome}) => outcome !== 'failed'))
				return void emit(told, {event: 'step.succeeded', step: running.id, detail: open, changed: false});
			told = emit(told, {event: 'step.failed', step: running.id, reason: open});
			return void emit(told, {event: 'run.finished', outcome: 'failed', seconds: 2});
		}
		for (const line of [`${running.title}: working`, `${running.title}: ready`]) print(run.id, line);
		emit(run, {event: 'step.succeeded', step: running.id, detail: 'as it should be', changed: false});
	}

	const step = () => {
		const active = runsStore.getSnapshot().filter(({status}) => status === 'running');
		for (const run of active) advance(run);
		return active.length > 0;
	};
	const go = () => {
		if (options.pace !== undefined) timer ??= setInterval(step, options.pace);
	};
	const again = (id: string, why: 'retry' | 'resume') => {
		const run = find(id);
		if (run === undefined) return;
		stubborn.delete(run.target);
		emit(run, {event: 'run.resumed', why, pid: 1});
		go();
	};

	return {
		profileName: 'default',
		profile: options.profile ?? {},
		context: 'kind-lab',
		server: 'https://127.0.0.1:6443',
		namespace: 'default',
		async planFix(examination, {id}) {
			const {target, findings} = examination.getSnapshot();
			if (!findings.some((found) => found.id === id)) return undefined;
			calls.push(`plan to mend ${id} of ${target}`);
			return planOf(target, {task: 'fix', prepare: false, force: false}, options.hostOf);
		},
		attempt: (refs, wanted) => Promise.all(refs.map(async (ref) => planOf(ref, wanted, options.hostOf))),
		entries: () => Promise.reject(new Error('not asked by the screens')),
		bundles: () => Promise.reject(new Error('not asked by the screens')),
		fleet,
		prompts,
		profiles: createFakeProfiles(),
		create: createFakeCreation(calls, options),
		calls,
		step,
		print,
		runs: {
			getSnapshot: runsStore.getSnapshot,
			subscribe: runsStore.subscribe,
			start(plans) {
				calls.push(`start ${plans.map(({target}) => target.ref).join(' ')}`);
				for (const plan of plans) begin(`run-${runsStore.getSnapshot().length + 1}`, plan.target.ref, plan.options);
				go();
			},
			retry(id) {
				calls.push(`retry ${nameOf(id)}`);
				again(id, 'retry');
			},
			skip(id, reason) {
				calls.push(`skip ${nameOf(id)}: ${reason}`);
				const run = find(id);
				const failed = run?.steps.find(({state}) => state === 'failed');
				if (run !== undefined && failed !== undefined) emit(run, {event: 'step.skipped', step: failed.id, reason});
				again(id, 'retry');
			},
			cancel(id) {
				calls.push(`cancel ${nameOf(id)}`);
				const run = find(id);
				if (run !== undefined) emit(run, {event: 'run.finished', outcome: 'cancelled', seconds: 1});
			},
			async resume(run) {
				calls.push(`resume ${run.target}`);
				broken.delete(run.target);
				outputs.set(run.id, newOutput(run.id));
				put(run);
				again(run.id, 'resume');
			},
			interrupted: async () => [...broken.values()],
			dismiss(run) {
				calls.push(`dismiss ${run.target}`);
				broken.delete(run.target);
			},
			output(id) {
				const ring = outputs.get(id);
				if (ring === undefined) throw new Error(`no run ${id}`);
				return ring;
			},
			times: async () => stepTimes(runsStore.getSnapshot()),
			onEvent: () => () => {},
			settled: async () => {},
			close: async () => {},
		},
		async plan(refs, wanted) {
			if (options.planFault !== undefined) throw options.planFault;
			return refs.map((ref) => planOf(ref, wanted));
		},
		examine(ref, signal, {watch = false} = {}) {
			calls.push(`examine ${ref}${watch ? ' and watch' : ''}`);
			signal.addEventListener('abort', () => calls.push(`leave ${ref}`));
			const store = createStore(options.examined?.(ref) ?? stuckProxy(ref));
			examinations.set(ref, store);
			const never = () => {
				throw new Error('not asked by the screens');
			};
			return {
				...store,
				onEvent: () => () => {},
				settled: () => new Promise(() => {}),
				record: never,
				dumps: never,
			};
		},
		shell: async (ref) => ['ssh', '--', ref],
		logLevel: {
			async plan(ref) {
				const [name = '', namespace = ''] = ref.split('.');
				return {
					target: targetNamed(name, namespace),
					before: 'warning (45 loggers), misc error',
					raise: "docker exec istio-proxy pilot-agent request POST 'logging?level=debug'",
					putBack: ["docker exec istio-proxy pilot-agent request POST 'logging?level=warning'"],
					seconds: 600,
					command: '',
				};
			},
			async raise({target: {ref}}) {
				calls.push(`raise ${ref}`);
				const over = Promise.withResolvers<void>();
				return {
					ref,
					until: Date.now() + 600_000,
					ended: over.promise,
					async putBack() {
						calls.push(`put back ${ref}`);
						over.resolve();
					},
				};
			},
		},
		become: (ref, examined) => examinations.get(ref)?.set(examined),
		readLog: async () => {},
		async close() {
			clearInterval(timer);
			calls.push('close');
			return [];
		},
	};
}

/** Surroundings as the Bookinfo guide has them; a server that takes everything. */
function createFakeCreation(calls: string[], options: FakeOptions): Session['create'] {
	const service = (name: string, namespace: string, port: number) =>
		readService({
			metadata: {name, namespace},
			spec: {selector: {app: name}, ports: [{name: 'http', port}]},
		});
	return {
		async around(namespace) {
			calls.push(`around ${namespace}`);
			return {
				namespace,
				namespaces: ['bookinfo', 'default', 'istio-system', 'payments'],
				serviceAccounts: namespace === '' ? [] : ['default', `${namespace}-ratings`],
				services: [
					service('details', 'bookinfo', 9080),
					service('ratings', 'bookinfo', 9080),
					service('tls', 'web', 443),
				],
				sidecars: [],
			};
		},
		async askVm({host, port = 22}) {
			calls.push(`ask ${host}:${port}`);
			return {
				description: `admin@${host}:${port}`,
				addresses: [{interface: 'eth0', address: '10.128.0.7'}],
				apps: [{address: '127.0.0.1', port: 9080, process: 'ruby'}],
			};
		},
		async check(wish, {force}) {
			calls.push(`check ${objectName(wish.object)}${force ? ' by force' : ''}`);
			if (options.check !== undefined) return options.check(wish, force);
			return {outcome: 'created', before: undefined, after: bareObject(wish.object)};
		},
		async apply({object}, {force}) {
			calls.push(`apply ${objectName(object)}${force ? ' by force' : ''}`);
			if (options.applyFault !== undefined) throw options.applyFault;
		},
		async read(ref) {
			const [name = '', namespace = ''] = ref.split('.');
			return {
				apiVersion: 'networking.istio.io/v1',
				kind: 'WorkloadEntry',
				metadata: {name, namespace, resourceVersion: '7', labels: {app: name}},
				spec: {address: '10.128.0.2', labels: {version: 'v1'}},
			};
		},
		async rehearseEdit({before, text}) {
			calls.push('rehearse edit');
			if (text.includes('nonsense'))
				throw new UserError({code: 'invalid', message: 'spec.address: nonsense.', exitCode: 65});
			const after = {...before, spec: {address: '10.128.0.2', labels: {version: 'v2'}}};
			return {outcome: text.includes('v2') ? 'configured' : 'unchanged', before, after};
		},
		async applyEdit() {
			calls.push('apply edit');
		},
	};
}

function newOutput(run: string): RingBuffer & OutputView {
	const ring = createRingBuffer();
	const mark = () => ring.push('──────── 04:07:31 ────────', Date.now());
	return Object.assign(Object.create(ring), {path: `/state/runs/${run}`, mark});
}
