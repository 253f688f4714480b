import {places} from '../../../bundle/package/placed.ts';
import type {Target} from '../../../mesh/target.ts';
import {enableIstio, forgetCertificates, restartIstio} from '../../../vm/package-commands.ts';
import {type Exec, type Procedure, perform} from '../../action.ts';
import type {Facts, Outcome, Step, StepContext} from '../../step.ts';
import {isStale, unchanged} from '../bootstrap/unchanged.ts';
import {asRoot, endOf} from '../prepare/as-admin.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';

/** The rules of interception and Envoy's start take their time; the unit's own limits are longer. */
const startSeconds = 120;

const enable = asRoot(enableIstio);
const forget = asRoot(forgetCertificates);
const restart = (target: Target) =>
	asRoot(restartIstio, {timeoutSeconds: Math.max(startSeconds, target.timeoutSeconds.value)});

/** Starts the service, now and with the machine. One that runs goes on, where nothing but its token is new: that it reads by itself. */
export const startPackageStep: Step = {
	id: 'bootstrap.start',
	phase: 'bootstrap',
	title: 'Start the service istio',
	plan: ({target}) => [enable, forget, restart(target)],
	*run(context) {
		const {target, facts} = context;
		if (facts.unchanged === true) return unchanged;
		const enabled = yield* perform(enable);
		if (enabled.code !== 0) return notStarted(context, enable, endOf(enabled));
		if (goesOn(facts))
			return {status: 'succeeded', detail: 'The service istio goes on: only its token is new', changed: true};
		const forgotten = isOfAnother(context) ? yield* run(forget) : undefined;
		if (forgotten !== undefined) return notStarted(context, forget, forgotten);
		const failed = yield* run(restart(target));
		if (failed !== undefined) return notStarted(context, restart(target), failed);
		const what = facts.package?.unit.active === 'active' ? 'started anew' : 'started';
		return {status: 'succeeded', detail: `The service istio ${what}, and starts with the machine`, changed: true};
	},
};

/** How a command ended that failed; undefined when it did not. */
function* run(action: Exec): Procedure<string | undefined> {
	const result = yield* perform(action);
	return result.code === 0 ? undefined : endOf(result);
}

function goesOn({stale, package: found}: Facts): boolean {
	const only = stale?.length === 1 && stale[0] === 'istio-token';
	return only && found?.unit.active === 'active';
}

/** The certificate that the proxy kept is of another identity, or of another mesh: with it no other would be asked for. */
function isOfAnother({target, facts}: StepContext): boolean {
	const {entry, mesh} = target;
	const own = `URI:spiffe://${mesh?.trustDomain ?? ''}/ns/${entry.namespace}/sa/${entry.serviceAccount}`;
	const kept = facts.package?.identity ?? '';
	const hadRoot = facts.package?.files[places['root-cert.pem']] !== undefined;
	return (kept !== '' && kept !== own) || (hadRoot && isStale(facts, 'root-cert.pem'));
}

function notStarted(context: StepContext, {command}: Exec, words: string): Outcome {
	const summary = `The service istio could not be started: ${words}`;
	const evidence = [{source: command, text: words}];
	return stoppedBy(findingAbout(context, 'proxy.not-running', evidence, summary), {changed: true});
}
