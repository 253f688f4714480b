import {exitCodes, UserError} from '../errors.ts';
import type {BuilderName} from '../mesh/build/builders.ts';
import {type DraftFault, faultText, flagOf} from '../mesh/build/draft.ts';

/** What is needed, nobody said, and nobody is there to be asked. */
export function missingError(name: BuilderName, fields: readonly string[]): UserError {
	const words = fields.map((field) =>
		field === 'name' ? 'a NAME' : field === 'namespace' ? 'a namespace (NAME.NAMESPACE or -n)' : `--${flagOf(field)}`,
	);
	const list = words.length === 1 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
	return new UserError({
		code: 'usage',
		message: `create ${name} needs ${list}.`,
		hint: `Every flag: meshboard create ${name} --help`,
		exitCode: exitCodes.usage,
	});
}

/** Broken rules, each with its flag, what was said, and the rule. */
export function faultError(name: BuilderName, faults: readonly DraftFault<string>[]): UserError {
	return new UserError({
		// Entries alone have rules that a finding of every stage tells.
		code: name === 'entry' ? 'entry.invalid' : 'invalid',
		message: `This ${name} would be refused: ${faults.length === 1 ? 'a rule is' : `${faults.length} rules are`} broken.`,
		hint: 'Correct what is named, then try again.',
		exitCode: exitCodes.badData,
		evidence: faults.map((fault) => ({source: sourceOf(fault.field), text: faultText(fault)})),
	});
}

function sourceOf(field: string): string {
	return field === 'name' ? 'NAME' : `--${flagOf(field)}`;
}
