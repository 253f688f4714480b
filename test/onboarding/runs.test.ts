import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {exitCodes, UserError} from '../../source/errors.ts';
import {createJournal} from '../../source/journal/journal.ts';
import {type Action, perform} from '../../source/onboarding/action.ts';
import type {RunEvent} from '../../source/onboarding/event.ts';
import type {RunState} from '../../source/onboarding/run.ts';
import {createRuns} from '../../source/onboarding/runs.ts';
import {createLimit} from '../../source/onboarding/scheduler.ts';
import type {OutputEvent, RunPlan, Runs} from '../../source/onboarding/session.ts';
import type {Outcome, Step} from '../../source/onboarding/step.ts';
import {createRedactor} from '../../source/output/redact.ts';
import type {ExecResult} from '../../source/ports.ts';
import {parseAdminProbe} from '../../source/vm/admin-probe.ts';
import {targetNamed} from '../helpers/target.ts';

const clock = {
	now: () => new Date(),
	sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

const folders = new Set<string>();
afterAll(() => Promise.all([...folders].map((folder) => rm(folder, {recursive: true, force: true}))));

const install: Action = {kind: 'exec', as: 'user', command: 'install', changes: true, show: true};

/** A step that runs one command and ends as its exit code says. */
function stepOf(id: string, phase: Step['phase'], planned: readonly Action[] = [install]): Step {
	return {
		id,
		phase,
		title: `Title of ${id}`,
		plan: () => planned,
		*run() {
			const result = yield* perform({...install, command: 'install'} as typeof install & {kind: 'exec'});
			const outcome: Outcome =
				result.code === 0
					? {status: 'succeeded', detail: 'installed', changed: true}
					: {status: 'failed', detail: result.stderr};
			return outcome;
		},
	};
}

type Answer = (action: Action, signal: AbortSignal, output: (text: string) => void) => Promise<Partial<ExecResult>>;

async function sitting(steps: readonly Step[], answer: Answer, directory?: string, here = 'lab') {
	const folder = directory ?? (await mkdtemp(join(tmpdir(), 'meshboard-runs-')));
	folders.add(folder);
	const redactor = createRedactor();
	redactor.add('hunter22');
	const target = targetNamed('ratings-vm', 'bookinfo');
	const plan: RunPlan = {
		target,
		options: {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab'},
		steps: steps.map(({id, phase, title}) => ({id, phase, title, actions: []})),
	};
	const limit = createLimit(2);
	const runs = createRuns({
		journal: createJournal(folder),
		clock,
		limitOf: () => limit,
		steps: () => steps,
		performer: () => ({
			perform: async (action, _target, onOutput, signal) => ({
				code: 0,
				ended: 'exited',
				stdout: '',
				stderr: '',
				...(await answer(action, signal, (text) => onOutput('stdout', Buffer.from(text)))),
			}),
			reconnect: () => undefined,
			close: () => Promise.resolve(),
		}),
		facts: () => Promise.resolve({}),
		isHere: ({context}) => context === here,
		replan: () => Promise.resolve(plan),
		redactor,
	});
	const events: Array<RunEvent | OutputEvent> = [];
	runs.onEvent((event) => events.push(event));
	return {runs, plan, events, folder};
}

const only = (runs: Runs): RunState => {
	const [run] = runs.getSnapshot();
	if (run === undefined) throw new Error('no run');
	return run;
};
const states = (run: RunState) => run.steps.map(({state}) => state);

test('checks are all made before a bad one stops the run; a later phase is never begun', async () => {
	const steps = [stepOf('check.a', 'check'), stepOf('check.b', 'check'), stepOf('bootstrap.c', 'bootstrap')];
	let calls = 0;
	const {runs, plan} = await sitting(steps, () =>
		Promise.resolve(++calls === 1 ? {code: 1, stderr: 'ports in use'} : {}),
	);
	runs.start([plan]);
	await runs.settled();
	expect(states(only(runs))).toEqual(['failed', 'succeeded', 'pending']);
	expect(only(runs).status).toBe('failed');
});

test('a failed step is tried again, and what was done is not repeated', async () => {
	const steps = [stepOf('bootstrap.a', 'bootstrap'), stepOf('bootstrap.b', 'bootstrap')];
	let calls = 0;
	const {runs, plan} = await sitting(steps, () => Promise.resolve(++calls === 2 ? {code: 1, stderr: 'disk full'} : {}));
	runs.start([plan]);
	await runs.settled();
	expect(states(only(runs))).toEqual(['succeeded', 'failed']);
	runs.retry(only(runs).id);
	await runs.settled();
	expect(only(runs).status).toBe('succeeded');
	expect(calls).toBe(3);
});

test('another try begins with the checks; what is done is looked at again only where the target is another one now', async () => {
	let address = '10.0.0.1';
	let refuse = true;
	const reread: Step = {
		...stepOf('check.objects', 'check', []),
		*run() {
			yield* [];
			const target = targetNamed('ratings-vm', 'bookinfo', {instanceIp: {value: address, source: 'entry'}});
			return {status: 'succeeded', detail: address, target};
		},
	};
	const verify: Step = {
		...stepOf('verify.request', 'verify', []),
		*run() {
			yield* [];
			return {status: refuse ? 'failed' : 'succeeded', detail: ''};
		},
	};
	const steps = [stepOf('prepare.user', 'prepare'), reread, stepOf('bootstrap.files', 'bootstrap'), verify];
	const {runs, plan} = await sitting(steps, () => Promise.resolve({}));
	const attempts = () => only(runs).steps.map((step) => step.attempts);
	runs.start([plan]);
	await runs.settled();
	expect(attempts()).toEqual([1, 1, 1, 1]);
	runs.retry(only(runs).id);
	await runs.settled();
	expect(attempts()).toEqual([1, 2, 1, 2]);
	address = '10.0.0.2';
	refuse = false;
	runs.retry(only(runs).id);
	await runs.settled();
	expect(attempts()).toEqual([1, 3, 2, 3]);
	expect(only(runs).steps[1]?.detail).toBe('10.0.0.2');
	expect(only(runs).status).toBe('succeeded');
});

test('what root saw on the VM is handed on, and looked at anew by another try', async () => {
	const seen: boolean[] = [];
	const look: Step = {
		...stepOf('prepare.account', 'prepare', []),
		*run() {
			yield* [];
			return {status: 'succeeded', detail: '', facts: {admin: parseAdminProbe('')}};
		},
	};
	const make: Step = {
		...stepOf('prepare.user', 'prepare', []),
		*run({facts}) {
			yield* [];
			seen.push(facts.admin !== undefined);
			return {status: seen.length === 1 ? 'failed' : 'succeeded', detail: ''};
		},
	};
	const {runs, plan} = await sitting([look, make], () => Promise.resolve({}));
	runs.start([plan]);
	await runs.settled();
	runs.retry(only(runs).id);
	await runs.settled();
	expect(seen).toEqual([true, false]);
	expect(only(runs).status).toBe('succeeded');
});

test('a step left out keeps its reason, in the state and in the journal', async () => {
	const steps = [stepOf('check.a', 'check'), stepOf('verify.b', 'verify')];
	let calls = 0;
	const {runs, plan, folder} = await sitting(steps, () =>
		Promise.resolve(++calls === 1 ? {code: 1, stderr: 'no'} : {}),
	);
	runs.start([plan]);
	await runs.settled();
	runs.skip(only(runs).id, 'known, ticket 4711');
	await runs.settled();
	expect(only(runs).steps[0]).toMatchObject({state: 'skipped', detail: 'known, ticket 4711'});
	expect(only(runs).status).toBe('succeeded');
	const [entry] = await createJournal(folder).list();
	expect(JSON.stringify(entry?.events)).toContain('ticket 4711');
});

test('what the plan did not show is never done', async () => {
	let done = false;
	const {runs, plan} = await sitting([stepOf('bootstrap.a', 'bootstrap', [])], () => {
		done = true;
		return Promise.resolve({});
	});
	runs.start([plan]);
	await runs.settled();
	expect(done).toBe(false);
	expect(only(runs).steps[0]?.detail).toContain('plan did not show');
});

test('a cancelled run ends as cancelled, whatever its command does', async () => {
	const {runs, plan} = await sitting(
		[stepOf('bootstrap.a', 'bootstrap')],
		(_action, signal) =>
			new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
	);
	runs.start([plan]);
	await new Promise((resolve) => setTimeout(resolve, 20));
	runs.cancel(only(runs).id);
	await runs.settled();
	expect(only(runs).status).toBe('cancelled');
});

test('the user’s situation becomes a finding with its remedy, told once', async () => {
	const refuse = () =>
		Promise.reject(
			new UserError({code: 'ssh.auth-failed', message: 'The VM takes no key.', exitCode: exitCodes.notPermitted}),
		);
	const {runs, plan} = await sitting([stepOf('check.a', 'check'), stepOf('check.b', 'check')], refuse);
	runs.start([plan]);
	await runs.settled();
	const findings = only(runs).steps.flatMap((step) => step.findings);
	expect(findings).toMatchObject([
		{id: 'ssh.auth-failed', severity: 'error', target: 'vm/10.128.0.2', summary: 'The VM takes no key.'},
	]);
	expect(states(only(runs))).toEqual(['failed', 'failed']);
});

test('a VM that cannot be reached is not waited for again by every check', async () => {
	const lose = () =>
		Promise.reject(
			new UserError({code: 'ssh.connection-lost', message: 'The VM is gone.', exitCode: exitCodes.unreachable}),
		);
	const {runs, plan} = await sitting([stepOf('check.a', 'check'), stepOf('check.b', 'check')], lose);
	runs.start([plan]);
	await runs.settled();
	expect(states(only(runs))).toEqual(['failed', 'pending']);
	expect(only(runs)).toMatchObject({status: 'failed'});
});

test('output reaches the pane, the events and the file, clean and without secrets', async () => {
	const {runs, plan, events, folder} = await sitting(
		[stepOf('bootstrap.a', 'bootstrap')],
		(_action, _signal, output) => {
			output('pulling 10%\rpulling 90%\n\x1b[2Jpassword hunter22\nlast line without end');
			return Promise.resolve({});
		},
	);
	runs.start([plan]);
	await runs.settled();
	await runs.close();
	const view = runs.output(only(runs).id);
	const lines = view.window(0, view.length);
	expect(lines).toEqual(
		expect.arrayContaining(['pulling 90%', 'password [redacted]', 'last line without end', '✓ installed']),
	);
	expect(lines.join('\n')).not.toMatch(/hunter22|\x1b/);
	expect(events.filter(({event}) => event === 'output')).toHaveLength(3);
	const path = join(folder, 'runs', only(runs).id);
	expect(await readdir(path)).toContain('bootstrap.a.log');
	expect(await readFile(join(path, 'bootstrap.a.log'), 'utf8')).toContain('password [redacted]');
	expect(await readFile(join(path, 'events.jsonl'), 'utf8')).not.toContain('hunter22');
});

test('a run that broke off is offered again, looks at everything again, and is then done', async () => {
	const steps = [stepOf('bootstrap.a', 'bootstrap'), stepOf('bootstrap.b', 'bootstrap')];
	const first = await sitting(
		steps,
		(_action, signal) =>
			new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
	);
	first.runs.start([first.plan]);
	await new Promise((resolve) => setTimeout(resolve, 20));
	// The journal as a killed process leaves it: written by one that is gone, without an end.
	await writeFile(join(first.folder, 'runs', only(first.runs).id, 'process'), '4194305\n');
	const other = await sitting(steps, () => Promise.resolve({}), first.folder, 'production');
	expect(await other.runs.interrupted(), 'another cluster has a VM of that name too').toEqual([]);
	expect(await other.runs.interrupted('elsewhere')).toMatchObject([{target: 'ratings-vm.bookinfo'}]);
	const second = await sitting(steps, () => Promise.resolve({}), first.folder);
	expect(await second.runs.interrupted('elsewhere')).toEqual([]);
	const [broken] = await second.runs.interrupted();
	if (broken === undefined) throw new Error('the broken-off run is not offered');
	expect(broken).toMatchObject({target: 'ratings-vm.bookinfo', status: 'running'});
	await second.runs.resume(broken);
	await second.runs.settled();
	expect(only(second.runs)).toMatchObject({id: broken.id, status: 'succeeded'});
	expect(await second.runs.interrupted()).toEqual([]);
});
