import type {FindingId} from '../../../diagnosis/catalogue.ts';
import type {Fact} from '../../../diagnosis/facts.ts';
import {type Procedure, sideBySide} from '../../action.ts';
import {examine} from '../../doctor/examine.ts';
import {type DoctorFacts, type FactName, type Known, nothingYet} from '../../doctor/facts.ts';
import {looks, Missing} from '../../doctor/looks.ts';
import type {Step, StepContext} from '../../step.ts';
import {tryHealth} from '../check/past-the-gateway.ts';

/** Seconds that the way to the proxy's health is tried. */
const patience = 5;

/**
 * What the other steps do not look at, by the rules of `doctor`: whether the proxy still fits its entry, whether there is only one of its
 * name, whether what it has outlasts a restart, and what redirects traffic on the VM.
 */
export const restStep: Step = {
	id: 'verify.rest',
	phase: 'verify',
	title: 'Look for what may break later',
	plan: () => [],
	*run(context) {
		const [vm, proxy, envoy, istiod, rules, reach, health] = yield* sideBySide(
			factOf('vm', context),
			factOf('proxy', context),
			factOf('envoy', context),
			factOf('istiod', context),
			factOf('rules', context),
			factOf('reach', context),
			tryHealth(context, patience),
		);
		const facts: DoctorFacts = {...nothingYet, vm, proxy, envoy, istiod, rules, reach};
		const tried: Fact<Known['health']> = {state: 'known', value: health, ms: 0};
		const {findings: found, checks} = examine(context, {...facts, health: tried});
		// What may change behind the proxy's back.
		const findings = [
			...found,
			...context.target.problems.filter(({id}) => id === ('gateway.hostname-only' satisfies FindingId)),
		];
		const others = checks.filter(({outcome}) => outcome !== 'passed');
		const errors = findings.filter(({severity}) => severity === 'error');
		const warnings = findings.filter(({severity}) => severity === 'warning');
		const summaries = (errors.length > 0 ? errors : warnings).map(({summary}) => summary);
		const fine = `${checks.length - others.length} of ${checks.length} things are as they should be`;
		return {
			status: errors.length > 0 ? 'failed' : 'succeeded',
			detail: summaries.length > 0 ? summaries.join(' ') : fine,
			checks: others,
			findings,
		};
	},
};

/** One fact, as a verification waits for it. */
function* factOf<Name extends FactName>(name: Name, context: StepContext): Procedure<Fact<Known[Name]>> {
	try {
		return {state: 'known', value: yield* looks[name].look(context), ms: 0};
	} catch (error) {
		if (error instanceof Missing) return {state: 'unknown', reason: error.message, ms: 0};
		throw error;
	}
}
