import type {Fact} from '../../diagnosis/facts.ts';
import type {Finding} from '../../diagnosis/finding.ts';
import {UserError} from '../../errors.ts';
import type {Action} from '../action.ts';
import {type DoctorFacts, type FactName, factNames, type Known, nothingYet} from '../doctor/facts.ts';
import {looks, Missing} from '../doctor/looks.ts';
import type {StepContext} from '../step.ts';
import {findingOf} from '../steps/stopped-by.ts';
import {changingNothing, walk} from './walk.ts';

export type GatherParts = {
	readonly context: StepContext;
	readonly perform: (action: Action) => Promise<unknown>;
	/** In milliseconds. */
	readonly now: () => number;
	/** Told after every fact: what is known by now, and what hindered the asking. */
	readonly onFact: (facts: DoctorFacts, faults: readonly Finding[]) => void;
	/** What an earlier round left: it holds until the new answer is there. */
	readonly before?: DoctorFacts;
	/** What is asked for; absent: everything. */
	readonly names?: readonly FactName[];
};

/**
 * Asks for all facts side by side, so that nothing waits for the slowest, and changes nothing. A VM that is not reached is one finding,
 * whatever was wanted of it; other facts go on. Rejects only when it is told to stop.
 */
export async function gather(parts: GatherParts, signal: AbortSignal): Promise<void> {
	const {context, perform, now, onFact, before = nothingYet, names = factNames} = parts;
	let facts = before;
	let faults: readonly Finding[] = [];
	const going = new Map<FactName, Promise<void>>();

	async function ask<Name extends FactName>(name: Name): Promise<void> {
		const begun = now();
		const fact = await answerOf(name).then(
			(value): Fact<Known[Name]> => ({state: 'known', value, ms: Math.round(now() - begun)}),
			(error: unknown): Fact<Known[Name]> => {
				signal.throwIfAborted();
				const reason = blame(error) ?? reasonOf(error);
				return {state: 'unknown', reason, ms: Math.round(now() - begun)};
			},
		);
		facts = {...facts, [name]: fact};
		onFact(facts, faults);
	}

	async function answerOf<Name extends FactName>(name: Name): Promise<Known[Name]> {
		const {after, look} = looks[name];
		if (after !== undefined) {
			await Promise.all(after.facts.flatMap((fact) => going.get(fact) ?? []));
			const hindrance = after.hinders(facts, context);
			if (hindrance !== undefined) throw new Missing(hindrance);
		}
		return walk(look(context), changingNothing(perform), signal);
	}

	/** Of what hindered several facts each is told once; the facts only name it. */
	function blame(error: unknown): string | undefined {
		if (!(error instanceof UserError) || !/^(?:ssh|cluster)\./.test(error.code)) return undefined;
		const found = findingOf(error, context);
		if (found === undefined) return undefined;
		if (!faults.some(({id, target}) => id === found.id && target === found.target)) faults = [...faults, found];
		return `not done, see ${found.id}`;
	}

	for (const name of names) going.set(name, ask(name));
	await Promise.all(going.values());
}

/** Why something is not to be had. */
export function reasonOf(error: unknown): string {
	if (error instanceof Missing || error instanceof UserError) return error.message;
	const words = error instanceof Error ? error.message : String(error);
	return `internal error of meshboard, please report it: ${words}`;
}
