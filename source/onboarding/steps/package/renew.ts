import {readPayload} from '../../../mesh/token.ts';
import {readableSeconds} from '../../../output/readable-seconds.ts';
import {restartIstio} from '../../../vm/package-commands.ts';
import {parsePackageProbe} from '../../../vm/package-probe.ts';
import {type Place, perform, performAll} from '../../action.ts';
import {hindrances} from '../../hindrances.ts';
import type {Step, StepContext} from '../../step.ts';
import {tokenStep} from '../bootstrap/token.ts';
import {tokenFault} from '../bootstrap/token-fault.ts';
import {asksForToken} from '../bootstrap/unchanged.ts';
import {asRoot, endOf} from '../prepare/as-admin.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {certificateStep} from '../verify/certificate.ts';
import {istiodStep} from '../verify/istiod.ts';
import {readyStep} from '../verify/ready.ts';
import {filesFor, packageProbe, place, stateOf} from './on-vm.ts';
import {serviceStep} from './service.ts';

const tokenFile = 'istio-token';
const health = {kind: 'http', port: 15021, path: '/healthz/ready'} as const;

/**
 * Finds out whether the token is to be replaced. The package's proxy reads its token by name whenever it asks for a certificate, so that
 * it must be started only where it does not run, or does not answer.
 */
const lookStep: Step = {
	id: 'renew.look',
	phase: 'renew',
	title: 'Look at the token and the proxy',
	plan: () => [],
	*run(context) {
		const target = yield* perform({kind: 'resolve'});
		const fresh = {...context, target};
		const [hindrance] = hindrances(target, 'renew');
		if (hindrance !== undefined) return {...stoppedBy(hindrance), target};
		const [probed, ready] = yield* performAll(packageProbe(target), health);
		const found = parsePackageProbe(probed.stdout);
		if (found === undefined) {
			return {status: 'failed', detail: 'The VM could not be read as root: its answer had no end. Try again.'};
		}
		if (found.unit.active === '') return noService(fresh);
		const claims = readPayload(found.tokenPayload);
		const fault = tokenFault(claims, target.entry, found.clock) ?? (context.options.force ? 'as asked' : undefined);
		const left = claims === undefined ? '' : `, ${readableSeconds(claims.expiresAt - found.clock)} left`;
		const dead =
			found.unit.active !== 'active' ? stateOf(found.unit) : ready.ok ? undefined : 'the proxy does not answer';
		return {
			status: 'succeeded',
			detail: `${fault === undefined ? `the token serves${left}` : `a new token: ${fault}`}; ${dead ?? 'the service runs'}`,
			target,
			facts: {
				package: found,
				stale: fault === undefined ? [] : [tokenFile],
				restart:
					dead === undefined
						? {needed: false, why: 'the proxy reads its token whenever it asks for a certificate'}
						: {needed: true, why: dead},
			},
		};
	},
};

/** Puts the token into its places, each whole or not at all. */
const putStep: Step = {
	id: 'renew.put',
	phase: 'renew',
	title: 'Put the token onto the VM',
	plan: (context) => [tokens(context)],
	*run(context) {
		if (!asksForToken(context.facts)) return {status: 'skipped', detail: 'the token on the VM serves'};
		const action = tokens(context);
		yield* perform(action);
		return {status: 'succeeded', detail: action.files.map(({path}) => path).join(', '), changed: true};
	},
};

const restart = asRoot(restartIstio);

const restartStep: Step = {
	id: 'renew.restart',
	phase: 'renew',
	title: 'Start the service istio again, if it needs to be',
	plan: () => [restart],
	*run(context) {
		const {needed = true, why = ''} = context.facts.restart ?? {};
		if (!needed) return {status: 'skipped', detail: why};
		const result = yield* perform(restart);
		if (result.code === 0) return {status: 'succeeded', detail: `istio started anew: ${why}`, changed: true};
		const summary = `The service istio could not be started: ${endOf(result)}`;
		return stoppedBy(
			findingAbout(context, 'proxy.not-running', [{source: restartIstio, text: endOf(result)}], summary),
		);
	},
};

/** A new token for the proxy of a package that is there. */
export const packageRenewal: readonly Step[] = [
	lookStep,
	{...tokenStep, id: 'renew.token', phase: 'renew'},
	putStep,
	restartStep,
	serviceStep,
	readyStep,
	certificateStep,
	istiodStep,
];

function tokens({target, facts}: StepContext): Place {
	return place(filesFor(target, facts).filter(({name}) => name === tokenFile));
}

function noService(context: StepContext) {
	const summary = `There is no service istio on the VM: ${context.target.ref} is not onboarded, so that no token is of use.`;
	return stoppedBy(
		findingAbout(context, 'proxy.not-running', [{source: 'systemctl cat istio', text: 'no such unit'}], summary),
	);
}
