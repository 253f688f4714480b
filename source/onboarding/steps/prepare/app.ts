import type {Ingress} from '../../../mesh/sidecar.ts';
import type {Target} from '../../../mesh/target.ts';
import type {AdminFacts} from '../../../vm/admin-facts.ts';
import {type Application, applicationAt, isWildcard, wordsOfListener} from '../../../vm/application.ts';
import {plainLines} from '../../../vm/plain-text.ts';
import {commandLine} from '../../../vm/quote.ts';
import {type Exec, type Procedure, perform, performAll} from '../../action.ts';
import type {Outcome, Step, StepCheck, StepContext} from '../../step.ts';
import {dockerAnswered, dockerFailed, look} from '../bootstrap/on-vm.ts';
import {lookAsAdmin} from './as-admin.ts';

/** The mark by which the example is found again; with the second, its image came with it. */
const mark = 'meshboard=example';
const markWithImage = 'meshboard=example-with-image';

/** The image is some 50 MB, on a line that may be slow. */
const leastSeconds = 900;

/**
 * The workload itself: what listens where the Sidecar sends requests, as root sees it. With `--start-app` the guide's container is started
 * there (TSB, onboarding-vms: published on 127.0.0.1), unless something listens already.
 */
export const appStep: Step = {
	id: 'prepare.app',
	phase: 'prepare',
	title: 'See what the VM serves',
	plan: ({target, options: {startApp}}) =>
		startApp === undefined ? [] : [run(target, startApp, mark), run(target, startApp, markWithImage)].flat(),
	*run(context) {
		const {target, options} = context;
		const before = context.facts.admin ?? (yield* lookAsAdmin(context));
		if (target.ingress.length === 0) return {status: 'skipped', detail: 'no Sidecar names a port of the application'};
		const missing = applicationsOf(target, before).filter(({there, port}) => there === undefined && port !== undefined);
		if (options.startApp === undefined || missing.length === 0) return told(target, before, before);
		const failed = yield* start(context, options.startApp);
		if (failed !== undefined) return failed;
		return {...told(target, before, yield* listening(context)), changed: true};
	},
};

function applicationsOf({ingress}: Target, {listeners}: AdminFacts): readonly Application[] {
	return ingress.map(({defaultEndpoint}) => applicationAt(defaultEndpoint, listeners));
}

/** A container takes a moment until it listens. */
function* listening(context: StepContext): Procedure<AdminFacts> {
	for (let attempt = 1; ; attempt++) {
		const facts = yield* lookAsAdmin(context);
		const silent = applicationsOf(context.target, facts).some(({there}) => there === undefined);
		if (!silent || attempt === 10) return facts;
		yield* perform({kind: 'wait', seconds: 1, why: 'the application does not listen yet'});
	}
}

/** The outcome where it could not be started. */
function* start(context: StepContext, image: string): Procedure<Outcome | undefined> {
	const {target} = context;
	const engine = target.runtime.value;
	const name = nameOf(target);
	const inspect = commandLine([
		engine,
		'container',
		'inspect',
		'--format',
		'{{index .Config.Labels "meshboard"}}',
		name,
	]);
	const [container, present] = yield* performAll(look(inspect), look(commandLine([engine, 'image', 'inspect', image])));
	if (!dockerAnswered(container)) return dockerFailed(context, inspect, container, 'proxy.not-running');
	if (container.code === 0) {
		const mine = container.stdout.startsWith('example');
		const detail = mine
			? `The container ${name} is there and serves nothing: see ${engine} logs ${name}`
			: `A container ${name} is there that is not the example's: it was left as it is.`;
		return {status: 'failed', detail};
	}
	const [action] = run(target, image, present.code === 0 ? mark : markWithImage);
	if (action === undefined) return {status: 'failed', detail: 'The Sidecar sends requests to no port of the VM.'};
	const started = yield* perform(action);
	if (started.code === 0) return undefined;
	return {...dockerFailed(context, action.command, started, 'proxy.registry-unreachable'), changed: true};
}

/** The label `app` of the entry, as the guide names it. */
function nameOf({entry}: Target): string {
	const app = entry.specLabels['app'] ?? entry.metadataLabels['app'] ?? '';
	return /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(app) ? app : `${entry.name}-app`;
}

/** None where no request goes to a port of loopback. */
function run(target: Target, image: string, label: string): readonly Exec[] {
	const ports = [...new Set(target.ingress.flatMap(({defaultEndpoint}) => portOf(defaultEndpoint) ?? []))];
	if (ports.length === 0) return [];
	const publish = ports.flatMap((port) => ['-p', `127.0.0.1:${port}:${port}`]);
	const engine = target.runtime.value;
	const command = commandLine([
		...[engine, 'run', '-d', '--name', nameOf(target), '--restart', 'unless-stopped'],
		...['--label', label, ...publish, image],
	]);
	const timeoutSeconds = Math.max(leastSeconds, target.timeoutSeconds.value);
	return [{kind: 'exec', as: 'user', command, changes: true, show: true, timeoutSeconds}];
}

function portOf(endpoint: Ingress['defaultEndpoint']): number | undefined {
	return applicationAt(endpoint, []).port;
}

function told(target: Target, before: AdminFacts, after: AdminFacts): Outcome {
	const [then, now] = [applicationsOf(target, before), applicationsOf(target, after)];
	const checks = now.map((application, index): StepCheck => {
		const {endpoint, there, elsewhere} = application;
		const was = then[index]?.there;
		const others = elsewhere.map(wordsOfListener).join(', ');
		const words =
			there === undefined
				? `nothing listens there yet${others === '' ? '' : `; ${others}`}`
				: `${wordsOfListener(there)}${isWildcard(there.address) ? ', on every address' : ''}`;
		return {
			id: `prepare.app.${application.port ?? index}`,
			title: `application at ${endpoint}`,
			outcome: there === undefined ? 'warning' : 'passed',
			detail: was === undefined && there !== undefined ? `nothing → ${words}` : words,
		};
	});
	const detail = checks.map((check) => `${check.title}: ${check.detail}`).join('; ');
	return {status: 'succeeded', detail: plainLines(detail, 1), checks, facts: {admin: after}};
}
