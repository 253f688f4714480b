import {describe, expect, it} from 'vitest';
import {finding} from '../../../source/diagnosis/catalogue.ts';
import type {Target} from '../../../source/mesh/target.ts';
import type {Action} from '../../../source/onboarding/action.ts';
import type {Facts, Outcome} from '../../../source/onboarding/step.ts';
import {renewSteps} from '../../../source/onboarding/steps/renew/index.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';
import {now, ok, spiffe, tokenOf} from '../verify/world.ts';

const plain = targetNamed('ratings-vm', 'bookinfo');
const options = {task: 'renew', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
const hour = 3600;

/** A proxy in the mesh, with a token that has served for an hour. */
type World = {
	target: Target;
	token: string;
	/** When the token was put there, and the container started. */
	written: number;
	started: number;
	status: string;
	owner: string;
	environment: readonly string[];
	container: 'there' | 'absent' | 'denied';
	certificateEnds: number | undefined;
	ready: {status: number; body: string} | undefined;
	force: boolean;
};

const healthy: World = {
	target: plain,
	token: tokenOf({iat: now - hour, exp: now + 23 * hour}),
	written: now - hour,
	started: now - hour + 5,
	status: 'running',
	owner: 'ratings-vm',
	environment: ['PROV_CERT=/var/run/secrets/istio'],
	container: 'there',
	certificateEnds: now + 12 * hour,
	ready: {status: 200, body: ''},
	force: false,
};

function answer(world: World) {
	return (action: Action): unknown => {
		switch (action.kind) {
			case 'resolve':
				return world.target;
			case 'http': {
				if (action.path === '/healthz/ready')
					return world.ready === undefined ? {ok: false, text: 'refused'} : ok(world.ready.body, world.ready.status);
				if (world.certificateEnds === undefined) return ok({certificates: []});
				const ends = new Date(world.certificateEnds * 1000).toISOString();
				const chain = [{subject_alt_names: [{uri: spiffe}], days_until_expiration: '0', expiration_time: ends}];
				return ok({certificates: [{cert_chain: chain}]});
			}
			case 'issue-token':
				return {
					claims: {audience: ['istio-ca'], subject: '', issuer: '', issuedAt: now, expiresAt: now + 24 * hour},
					expiresAt: '',
					askedSeconds: 86_400,
				};
			case 'write':
				world.written = now;
				return {written: action.files.map(({name}) => name)};
			case 'exec':
				return shell(world, action.command);
			default:
				throw new Error(`not asked for: ${action.kind}`);
		}
	};
}

function shell(world: World, command: string) {
	if (command === 'date -u +%s') return ran(`${now}\n`);
	if (command.startsWith('cut ')) return ran(`${world.token}\n`);
	if (command.startsWith('stat ')) return ran(`${world.written} 640 /etc/istio-proxy/istio-token\n`);
	if (command === 'docker restart istio-proxy') return ran('istio-proxy\n');
	if (command !== 'docker container inspect istio-proxy') throw new Error(`the VM does not know: ${command}`);
	if (world.container === 'absent') return ran('[]', 1, 'Error: No such container: istio-proxy');
	if (world.container === 'denied')
		return ran('', 1, 'Got permission denied while trying to connect to the Docker daemon socket');
	return ran(
		JSON.stringify([
			{
				State: {Status: world.status, StartedAt: new Date(world.started * 1000).toISOString()},
				Config: {Image: 'proxyv2', Env: [`POD_NAME=${world.owner}`, 'POD_NAMESPACE=bookinfo', ...world.environment]},
			},
		]),
	);
}

/** The phase `renew`, as the runner walks it; `kill` stops it before the step of that name. */
function renew(change: Partial<World>, kill?: string) {
	const world: World = {...healthy, ...change};
	let facts: Facts = {};
	let {target} = world;
	const outcomes: Record<string, Outcome> = {};
	const changes: string[] = [];
	for (const step of renewSteps.filter(({phase}) => phase === 'renew')) {
		if (step.id === kill) break;
		const {outcome, asked} = drive(step, {target, facts, options: {...options, force: world.force}}, answer(world));
		changes.push(
			...asked.flatMap((action) =>
				'changes' in action && action.changes ? [action.kind === 'exec' ? action.command : action.kind] : [],
			),
		);
		outcomes[step.id] = outcome;
		facts = {...facts, ...outcome.facts};
		target = outcome.target ?? target;
		if (outcome.status === 'failed') break;
	}
	return {changes, outcomes, world};
}

const all = ['issue-token', 'write', 'docker restart istio-proxy'];
const tokenOnly = ['issue-token', 'write'];
const ended = tokenOf({iat: now - 25 * hour, exp: now - hour});

describe('what is done', () => {
	it.each<[string, Partial<World>, readonly string[], RegExp]>([
		['nothing, while the token serves', {}, [], /the token serves, 23 h left; the proxy has its certificate/],
		[
			'a token, when it is half gone',
			{token: tokenOf({iat: now - 13 * hour, exp: now + 11 * hour})},
			tokenOnly,
			/less than half/,
		],
		['a token for a proxy that lives on its certificate', {token: ended}, tokenOnly, /the token has ended/],
		['a token, as asked', {force: true}, tokenOnly, /as asked/],
		['a token, where there is none', {token: ''}, tokenOnly, /there is no token/],
		[
			'a token of the right account',
			{token: tokenOf({sub: 'system:serviceaccount:other:x'})},
			tokenOnly,
			/is of system/,
		],
		['a restart, when the certificate has ended', {token: ended, certificateEnds: now - 1}, all, /certificate ended/],
		['a restart, when there never was one', {token: ended, certificateEnds: undefined}, all, /has no certificate/],
		[
			'a restart, when nothing comes from istiod',
			{token: ended, ready: {status: 503, body: 'Envoy proxy is NOT ready: config not received from XDS server'}},
			all,
			/not ready: config not received/,
		],
		['a restart, where only the token renews', {token: ended, environment: []}, all, /no PROV_CERT/],
		['a restart, when the container has ended', {token: ended, status: 'exited'}, all, /the container is exited/],
		['a start of a container that has ended, with a token that serves', {status: 'exited'}, all.slice(2), /is exited/],
		[
			'no restart for what no token mends',
			{token: ended, ready: {status: 503, body: 'config received from XDS server, but was rejected: lds updates'}},
			tokenOnly,
			/has its certificate/,
		],
		[
			'no restart of a stuck proxy that has this very token already',
			{certificateEnds: undefined},
			[],
			/the token serves.*no certificate/,
		],
	])('%s', (_, change, changes, detail) => {
		const done = renew(change);
		expect(done.outcomes['renew.look']?.detail).toMatch(detail);
		expect(done.changes).toEqual(changes);
	});

	it('says why there is no restart', () => {
		expect(renew({token: ended}).outcomes['renew.restart']).toEqual({
			status: 'skipped',
			detail: 'the proxy renews with its certificate, and reads the token at its next start',
		});
	});

	it('restarts a stuck proxy whose token an interrupted run has put there', () => {
		const broken = renew({token: ended, certificateEnds: undefined}, 'renew.restart');
		expect(broken.changes).toEqual(tokenOnly);
		const token = tokenOf({iat: now, exp: now + 24 * hour});
		expect(renew({...broken.world, token}).changes).toEqual(['docker restart istio-proxy']);
	});

	it('writes the token alone, and shows no more in the plan', () => {
		const [write] = renewSteps.find(({id}) => id === 'renew.put')?.plan({target: plain, facts: {}, options}) ?? [];
		expect(write).toMatchObject({
			kind: 'write',
			files: [{name: 'istio-token', mode: 0o640, content: {secret: 'token'}}],
		});
	});
});

describe('what stops it, before anything is changed', () => {
	const missing = finding('token.service-account-not-found', {target: 'x', evidence: []});
	it.each<[string, Partial<World>, string]>([
		['no container', {container: 'absent'}, 'proxy.not-running'],
		['no right to use Docker', {container: 'denied'}, 'vm.docker-denied'],
		['another entry’s proxy', {owner: 'other'}, 'proxy.name-conflict'],
		['no service account', {target: {...plain, problems: [missing]}}, 'token.service-account-not-found'],
	])('%s', (_, change, id) => {
		const done = renew(change);
		expect(done.outcomes['renew.look']).toMatchObject({status: 'failed', findings: [{id}]});
		expect(done.changes).toEqual([]);
	});

	it('is not what is wrong with the entry otherwise', () => {
		const gateway = finding('gateway.not-found', {target: 'x', evidence: []});
		expect(renew({target: {...plain, problems: [gateway]}}).outcomes['renew.look']?.status).toBe('succeeded');
	});
});
