import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {refOf, type WorkloadEntry} from '../mesh/workload-entry.ts';
import {entryTarget} from './causes/entry.ts';
import type {Check, Evidence, Finding} from './finding.ts';

/** What is said of one object: an entry as `<name>.<namespace>`, all else as `kind/namespace/name`. */
export type LintResult = {
	readonly target: string;
	/** Without an error; an entry also without one in what selects it. */
	readonly healthy: boolean;
	/** Of this object, the worst first. */
	readonly findings: readonly Finding[];
	readonly checks: readonly Check[];
};

type Gathered = {readonly target: string; broken: boolean; readonly findings: Finding[]; checks: readonly Check[]};

const rank = {error: 0, warning: 1, info: 2} as const;

/**
 * Gathers findings by the object at fault, in the order in which objects are first named. The same finding of the same object, met at
 * several entries, is one, with the evidence of all.
 */
export function createLintResults() {
	const gathered = new Map<string, Gathered>();
	const at = (key: string, target = key): Gathered => {
		const known = gathered.get(key) ?? {target, broken: false, findings: [], checks: []};
		gathered.set(key, known);
		return known;
	};
	const add = (findings: readonly Finding[]) => {
		for (const found of findings) {
			const {findings: known} = at(found.target);
			const index = known.findIndex((one) => isSame(one, found));
			const before = known[index];
			if (before === undefined) known.push(found);
			else known[index] = {...before, evidence: joined(before.evidence, found.evidence)};
		}
	};
	return {
		add,
		/** An entry with all that was found of it and of what selects it. */
		entry(entry: WorkloadEntry, findings: readonly Finding[], checks: readonly Check[]) {
			const own = at(entryTarget(entry), refOf(entry));
			own.checks = checks;
			own.broken = findings.some(({severity}) => severity === 'error');
			add(findings);
		},
		/** An object that is judged by itself. */
		object({kind = '', metadata}: KubernetesObject, findings: readonly Finding[]) {
			at(`${kind.toLowerCase()}/${metadata.namespace ?? ''}/${metadata.name}`);
			add(findings);
		},
		all: (): readonly LintResult[] =>
			[...gathered.values()].map(({target, broken, findings, checks}) => ({
				target,
				healthy: !broken && findings.every(({severity}) => severity !== 'error'),
				findings: findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]),
				checks,
			})),
	};
}

/** Of one cause: an unknown annotation, for one, is a finding for each key, told apart by its remedy. */
function isSame(one: Finding, other: Finding): boolean {
	return one.id === other.id && one.remedy.command === other.remedy.command;
}

function joined(before: readonly Evidence[], more: readonly Evidence[]): readonly Evidence[] {
	const known = new Set(before.map(({source, text}) => `${source} ${text}`));
	return [...before, ...more.filter(({source, text}) => !known.has(`${source} ${text}`))];
}
