import {tokenFile} from '../../../bundle/files.ts';
import {readPayload} from '../../../mesh/token.ts';
import {readableSeconds} from '../../../output/readable-seconds.ts';
import {parseCerts} from '../../../proxy/certs.ts';
import {parseContainer} from '../../../proxy/container.ts';
import {parseReadiness} from '../../../proxy/readiness.ts';
import {type HttpAnswer, perform, performAll} from '../../action.ts';
import {hindrances} from '../../hindrances.ts';
import type {Facts, Step, StepContext} from '../../step.ts';
import {nameConflict} from '../bootstrap/name-conflict.ts';
import {
	clockCommand,
	containerInspection,
	dockerAnswered,
	dockerFailed,
	look,
	parseStats,
	payloadCommand,
	statCommand,
} from '../bootstrap/on-vm.ts';
import {tokenFault} from '../bootstrap/token-fault.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {restartReason} from './restart-reason.ts';

const certs = {kind: 'http', port: 15000, path: '/certs'} as const;
const health = {kind: 'http', port: 15021, path: '/healthz/ready'} as const;

/**
 * Finds out whether the token is to be replaced, and whether the proxy must be started again to have it. A token that an interrupted
 * run has put there is newer than the container: so that running again completes what that one began.
 */
export const lookStep: Step = {
	id: 'renew.look',
	phase: 'renew',
	title: 'Look at the token and the proxy',
	plan: () => [],
	*run(context) {
		const target = yield* perform({kind: 'resolve'});
		const fresh = {...context, target};
		const [hindrance] = hindrances(target, 'renew');
		if (hindrance !== undefined) return {...stoppedBy(hindrance), target};
		const [inspection, clock, payload, stats, certificates, ready] = yield* performAll(
			look(containerInspection(target)),
			look(clockCommand),
			look(payloadCommand(target)),
			look(statCommand(target, [tokenFile.name])),
			certs,
			health,
		);
		if (!dockerAnswered(inspection)) {
			return dockerFailed(fresh, containerInspection(target), inspection, 'proxy.not-running');
		}
		const container = parseContainer(inspection.stdout);
		if (container === undefined) return noProxy(fresh);
		const conflict = nameConflict(fresh, container);
		if (conflict !== undefined) return conflict;

		const now = Number(clock.stdout.trim());
		const claims = readPayload(payload.stdout);
		const fault = tokenFault(claims, target.entry, now) ?? (context.options.force ? 'as asked' : undefined);
		const reason = restartReason({
			container,
			certificates: bodyOf(certificates, parseCerts),
			readiness: ready.ok ? parseReadiness(ready.status, ready.body) : undefined,
			now,
		});
		const written = parseStats(stats.stdout)[tokenFile.name]?.written ?? 0;
		const isNews = fault !== undefined || container.status !== 'running' || written > (container.startedAt ?? 0);
		const left = claims === undefined ? '' : `, ${readableSeconds(claims.expiresAt - now)} left`;
		return {
			status: 'succeeded',
			detail: `${fault === undefined ? `the token serves${left}` : `a new token: ${fault}`}; ${reason ?? 'the proxy has its certificate'}`,
			target,
			facts: {stale: fault === undefined ? [] : [tokenFile.name], restart: restartOf(reason, isNews)},
		};
	},
};

function restartOf(reason: string | undefined, isNews: boolean): Facts['restart'] {
	if (reason === undefined)
		return {needed: false, why: 'the proxy renews with its certificate, and reads the token at its next start'};
	return isNews
		? {needed: true, why: reason}
		: {needed: false, why: `${reason}; it was started with this token, another start would change nothing`};
}

function bodyOf<T>(answer: HttpAnswer, parse: (body: string) => T): T | undefined {
	return answer.ok && answer.status === 200 ? parse(answer.body) : undefined;
}

function noProxy(context: StepContext) {
	const {containerName, ref} = context.target;
	return stoppedBy(
		findingAbout(
			context,
			'proxy.not-running',
			[{source: containerInspection(context.target), text: 'no such container'}],
			`There is no container ${containerName.value} on the VM: ${ref} is not onboarded, so that no token is of use.`,
		),
	);
}
