import {knownOf} from '../../diagnosis/facts.ts';
import type {Check, Finding} from '../../diagnosis/finding.ts';
import {type RootCauses, rootCauses} from '../../diagnosis/root-causes.ts';
import type {Target} from '../../mesh/target.ts';
import type {StepContext} from '../step.ts';
import type {Verdict} from '../steps/check/verdict.ts';
import {type DoctorFacts, factNames, factWords} from './facts.ts';
import {istiodRule} from './rules/istiod.ts';
import {objectsRule} from './rules/objects.ts';
import {proxyRule} from './rules/proxy.ts';
import {readyRule} from './rules/ready.ts';
import type {DoctorRule} from './rules/rule.ts';
import {tokenRule} from './rules/token.ts';
import {vmRule} from './rules/vm.ts';

const rules: readonly DoctorRule[] = [objectsRule, vmRule, proxyRule, tokenRule, readyRule, istiodRule];

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
	const verdicts = rules.flatMap((rule) => rule(known, facts));
	const tried = [facts.gateway, facts.inbound, facts.request].flatMap((fact) => knownOf(fact) ?? []);
	const findings = [
		...faults,
		...verdicts.flatMap((verdict) => verdict.findings),
		...tried.flatMap((one) => one.findings),
	];
	const checks = [...verdicts.flatMap(checkOf), ...tried.flatMap((one) => one.checks), ...notHad(target, facts)];
	return {...rootCauses(findings), checks};
}

function checkOf({check}: Pick<Verdict, 'check'>): readonly Check[] {
	return [check];
}

function notHad({ref}: Target, facts: DoctorFacts): readonly Check[] {
	return factNames.flatMap((name): readonly Check[] => {
		const fact = facts[name];
		if (fact.state !== 'unknown') return [];
		const {title, decides} = factWords[name];
		const detail = `${fact.reason}; so it is not known ${undecided(decides)}`;
		return [{id: `doctor.${name}`, title, from: ref, outcome: 'not-done', detail, ms: fact.ms}];
	});
}

function undecided(decides: string): string {
	return decides.startsWith('whether') || decides.startsWith('why') ? decides : `how it is with ${decides}`;
}
