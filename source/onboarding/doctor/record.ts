import type {Fact} from '../../diagnosis/facts.ts';
import type {Finding} from '../../diagnosis/finding.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {StepContext} from '../step.ts';
import type {Examined} from './examination.ts';
import {examine} from './examine.ts';
import {type DoctorFacts, type FactName, factNames} from './facts.ts';

/** All that an examination had to judge by, so that it can be judged again, elsewhere and later: plain data. */
export type DoctorRecord = {
	readonly target: TargetRef;
	/** RFC 3339. */
	readonly begunAt: string;
	readonly seconds: number;
	/** Absent where not even the entry could be read: then `faults` say why. */
	readonly context?: Pick<StepContext, 'target' | 'options'>;
	/** The API server's clock at the end, in seconds since 1970. */
	readonly serverTime?: number;
	readonly facts: DoctorFacts;
	/** What hindered the asking. */
	readonly faults: readonly Finding[];
};

/** What a record says: the same as was said when it was made. Pure. */
export function examinedOf({target, begunAt, seconds, context, serverTime, facts, faults}: DoctorRecord): Examined {
	const judged =
		context === undefined
			? {findings: faults, explained: [], checks: []}
			: examine({...context, facts: serverTime === undefined ? {} : {serverTime: () => serverTime}}, facts, faults);
	const lookedAt = Date.parse(begunAt) + seconds * 1000;
	const shown = {news: [], view: undefined, viewBefore: undefined};
	return {target, done: true, facts: statesOf(facts), ...judged, seconds, rounds: 1, lookedAt, ...shown};
}

/** How far each fact has come. */
export function statesOf(facts: DoctorFacts): Examined['facts'] {
	const states = factNames.map((name) => [name, facts[name].state] as const);
	return Object.fromEntries(states) as Record<FactName, Fact<unknown>['state']>;
}
