import {UserError} from '../errors.ts';

/** A fault as a full screen or a dialog tells it: the sentence, its id, what to do next, and the words that were read. */
export type Problem = {
	readonly code: string;
	readonly sentence: string;
	readonly hint: string;
	readonly evidence: readonly string[];
};

/** A fault for the screen: the user's situation in its own words, anything else as a bug of meshboard. */
export function problemOf(error: unknown): Problem {
	if (error instanceof UserError)
		return {
			code: error.code,
			sentence: error.message,
			hint: error.hint ?? '',
			evidence: error.evidence.map(({source, text}) => `${source}: ${text}`),
		};
	return {
		code: 'bug',
		sentence: `This is a bug of meshboard: ${error instanceof Error ? error.message : String(error)}`,
		hint: 'Please report it, with what you did.',
		evidence: [],
	};
}
