import type {Fact} from '../../diagnosis/facts.ts';
import type {Check, Finding} from '../../diagnosis/finding.ts';
import type {Explained} from '../../diagnosis/root-causes.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {FactName} from './facts.ts';
import type {ProxyView} from './proxy-view.ts';

/** How far the examination of one proxy has come. Findings may go again until it is done: what explains them may be known last. */
export type Examined = {
	readonly target: TargetRef;
	readonly done: boolean;
	readonly facts: Readonly<Record<FactName, Fact<unknown>['state']>>;
	readonly findings: readonly Finding[];
	readonly explained: readonly Explained[];
	readonly checks: readonly Check[];
	/** Until now, and until its end once it is done. */
	readonly seconds: number;
	/** How often all of it was looked at; more than once where it is watched. */
	readonly rounds: number;
	/** When a round ended last, in ms since 1970. */
	readonly lookedAt: number | undefined;
	/** What the last round has changed; empty for the first, which finds everything. */
	readonly news: readonly DoctorEventBody[];
	/** The proxy itself, now and as the round before left it; undefined where nobody asked for it, or it is not known yet. */
	readonly view: ProxyView | undefined;
	readonly viewBefore: ProxyView | undefined;
};

/** What happens while a proxy is examined; field names are those of the ndjson output. `time` is RFC 3339. */
export type DoctorEvent = {readonly time: string; readonly target: TargetRef} & DoctorEventBody;

type Named = Pick<Finding, 'id' | 'target'>;

export type DoctorEventBody =
	/** Told again where more of it is known. */
	| {readonly event: 'check'; readonly check: Check}
	| {readonly event: 'finding'; readonly finding: Finding}
	/** Follows from another, so that it is no finding of its own. */
	| {readonly event: 'explained'; readonly finding: Named; readonly by: Named}
	/** Did not hold once more was known. */
	| {readonly event: 'withdrawn'; readonly finding: Named}
	| {readonly event: 'doctor.finished'; readonly healthy: boolean; readonly seconds: number};

/** Without these nothing is known of the proxy itself. */
const needed: readonly FactName[] = ['proxy', 'envoy'];

/** Nothing of severity error was found, and the proxy could be looked at: what was not checked is not passed. */
export function isHealthy({findings, facts}: Pick<Examined, 'findings' | 'facts'>): boolean {
	return findings.every(({severity}) => severity !== 'error') && needed.every((name) => facts[name] === 'known');
}

type Seen = Pick<Examined, 'findings' | 'explained' | 'checks'>;

/**
 * What is to be told of what has changed. `again`: it was all looked at once more, so that new times, counts and log lines alone are no
 * news. Pure.
 */
export function eventsBetween(before: Seen, after: Seen, again = false): readonly DoctorEventBody[] {
	const wordsOf = again ? meaningOf : JSON.stringify;
	const told = new Set([...before.checks, ...before.findings].map((one) => wordsOf(one)));
	const isNew = (one: Check | Finding) => !told.has(wordsOf(one));
	const hidden = new Map(after.explained.map(({finding, by}) => [keyOf(finding), by]));
	const already = new Set(before.explained.map(({finding}) => keyOf(finding)));
	const present = new Set(after.findings.map(keyOf));
	const gone = before.findings.filter((one) => !present.has(keyOf(one)) && !hidden.has(keyOf(one)));
	return [
		...after.checks.filter(isNew).map((check) => ({event: 'check', check}) as const),
		...gone.map((one) => ({event: 'withdrawn', finding: named(one)}) as const),
		...after.findings.filter(isNew).map((finding) => ({event: 'finding', finding}) as const),
		...after.explained
			.filter(({finding}) => !already.has(keyOf(finding)))
			.map(({finding, by}) => ({event: 'explained', finding: named(finding), by: named(by)}) as const),
	];
}

/** A check by how it went, a finding by what it says; numbers in their words count, measure and date. */
function meaningOf(one: Check | Finding): string {
	if ('severity' in one) return JSON.stringify([one.id, one.target, one.severity, masked(one.summary)]);
	const {id, title, from, to, port, outcome, detail} = one;
	return JSON.stringify([id, title, from, to, port, outcome, masked(detail)]);
}

function masked(words: string): string {
	return words.replaceAll(/\d+(?:\.\d+)?/g, '0');
}

function keyOf({id, target}: Named): string {
	return `${id} ${target}`;
}

function named({id, target}: Named): Named {
	return {id, target};
}
