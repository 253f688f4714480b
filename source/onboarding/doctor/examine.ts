import {type Fact, knownOf} from '../../diagnosis/facts.ts';
import type {Check, Finding} from '../../diagnosis/finding.ts';
import {type RootCauses, rootCauses} from '../../diagnosis/root-causes.ts';
import type {Target} from '../../mesh/target.ts';
import {isFixable} from '../fix/fixes.ts';
import type {StepCheck, StepContext} from '../step.ts';
import {type DoctorFacts, type FactName, factNames, factWords} from './facts.ts';
import {fitRule} from './rules/fit.ts';
import {istiodRule} from './rules/istiod.ts';
import {objectsRule} from './rules/objects.ts';
import {proxyRule} from './rules/proxy.ts';
import {reachRule} from './rules/reach.ts';
import {readyRule} from './rules/ready.ts';
import {registrationRule} from './rules/registration.ts';
import type {DoctorRule} from './rules/rule.ts';
import {rulesRule} from './rules/rules.ts';
import {tokenRule} from './rules/token.ts';
import {vmRule} from './rules/vm.ts';

/** Each with the fact whose reading its checks are taken from. */
const rules: ReadonlyArray<{readonly rule: DoctorRule; readonly of?: FactName}> = [
	{rule: objectsRule},
	{rule: vmRule, of: 'vm'},
	{rule: proxyRule, of: 'proxy'},
	{rule: tokenRule, of: 'proxy'},
	{rule: readyRule, of: 'envoy'},
	{rule: istiodRule, of: 'istiod'},
	{rule: registrationRule, of: 'istiod'},
	{rule: fitRule, of: 'proxy'},
	{rule: rulesRule, of: 'rules'},
	{rule: reachRule, of: 'reach'},
];

/** What was looked at, what is wrong, and what follows from that. */
export type Diagnosis = RootCauses & {readonly checks: readonly Check[]};

/**
 * What the facts say, as far as they are known: pure, and called again with every fact that arrives. A rule that needs what is not
 * known is silent; what was not to be had is a check that was not done, with what it leaves undecided.
 * `faults`: what hindered the asking itself (no way to the VM).
 */
export function examine(context: StepContext, facts: DoctorFacts, faults: readonly Finding[] = []): Diagnosis {
	const {target, options} = context;
	const vm = knownOf(facts.vm)?.vm;
	const known: StepContext = {target, options, facts: {...context.facts, ...(vm === undefined ? {} : {vm})}};
	const judged = rules.flatMap(({rule, of}) => rule(known, facts).map((verdict) => ({...verdict, of})));
	const tried = (['gateway', 'inbound', 'health', 'pods', 'request'] as const).flatMap((name) => {
		const fact = knownOf(facts[name]);
		return fact === undefined ? [] : [{...fact, of: name}];
	});
	const timed = (check: StepCheck, of: FactName | undefined): Check => ({
		...check,
		ms: check.ms ?? (of === undefined ? 0 : msOf(facts[of])),
	});
	const checks = [
		...judged.map(({check, of}) => timed(check, of)),
		...tried.flatMap(({checks: own, of}) => own.map((check) => timed(check, of))),
		...notHad(target, facts),
	];
	const findings = [...faults, ...[...judged, ...tried].flatMap((one) => one.findings)];
	const causes = rootCauses(findings);
	const layout = target.layout.value;
	const marked = causes.findings.map((one): Finding => (isFixable(one, layout) ? {...one, fixable: true} : one));
	return {...causes, findings: marked, checks};
}

function msOf(fact: Fact<unknown>): number {
	return fact.state === 'pending' ? 0 : fact.ms;
}

function notHad({ref}: Target, facts: DoctorFacts): readonly Check[] {
	return factNames.flatMap((name): readonly Check[] => {
		const fact = facts[name];
		if (fact.state !== 'unknown') return [];
		const {title, leaves} = factWords[name];
		const detail = `${fact.reason.replace(/\.$/, '')}; this leaves open ${leaves}`;
		return [{id: `doctor.${name}`, title, from: ref, outcome: 'not-done', detail, ms: fact.ms}];
	});
}
