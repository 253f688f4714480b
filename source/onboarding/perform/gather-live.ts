import {pending} from '../../diagnosis/facts.ts';
import type {Action} from '../action.ts';
import {type LiveFacts, type LiveKnown, type LiveName, liveLooks, liveNames} from '../doctor/live.ts';
import {reasonOf} from './gather.ts';
import {changingNothing, walk} from './walk.ts';

export const nothingLive: LiveFacts = {counters: pending, istiodLog: pending};

/** Asks for what a person sees of a proxy beside the facts; tells after each. Rejects only when it is told to stop. */
export async function gatherLive(
	before: LiveFacts,
	perform: (action: Action) => Promise<unknown>,
	onFact: (facts: LiveFacts) => void,
	signal: AbortSignal,
): Promise<void> {
	let facts = before;
	const ask = async <Name extends LiveName>(name: Name): Promise<void> => {
		const fact = await walk<LiveKnown[Name]>(liveLooks[name](), changingNothing(perform), signal).then(
			(value) => ({state: 'known', value, ms: 0}) as const,
			(error: unknown) => {
				signal.throwIfAborted();
				return {state: 'unknown', reason: reasonOf(error), ms: 0} as const;
			},
		);
		facts = {...facts, [name]: fact};
		onFact(facts);
	};
	await Promise.all(liveNames.map((name) => ask(name)));
}
