import type {Finding} from '../../diagnosis/finding.ts';
import {exitCodes, UserError} from '../../errors.ts';
import type {Target} from '../../mesh/target.ts';
import type {Resource} from '../../ports.ts';
import type {VmFacts} from '../../vm/facts.ts';
import type {ApplyObject, RemoveObject} from '../action.ts';
import type {Around} from '../objects/around.ts';

/** What a fix is chosen from. */
export type FixKnown = {
	readonly target: Target;
	readonly finding: Finding;
	/** The VM as the doctor found it; undefined where it was not to be had. */
	readonly vm: VmFacts | undefined;
	readonly around: Around;
	/** What a person chose, where there is a choice: the word after `=`. */
	readonly value: string | undefined;
};

/** A change of the cluster, before the server was asked what becomes of it. */
export type Change =
	| ApplyObject
	| RemoveObject
	| {
			readonly kind: 'patch';
			readonly resource: Resource;
			readonly namespace: string | undefined;
			readonly name: string;
			readonly change: Readonly<Record<string, unknown>>;
	  };

export const workloadentries: Resource = {group: 'networking.istio.io', resource: 'workloadentries'};

/** Gives the entry other fields. */
export function changeEntry({target}: FixKnown, change: Readonly<Record<string, unknown>>): readonly Change[] {
	const {namespace, name} = target.entry;
	return [{kind: 'patch', resource: workloadentries, namespace, name, change}];
}

/** The one that a person chose, else the only one that there is. Throws UserError `fix` that lists them, where it must be chosen. */
export function choose(
	{finding: {id}, value}: Pick<FixKnown, 'finding' | 'value'>,
	what: string,
	candidates: readonly string[],
	likely?: string,
): string {
	if (value !== undefined) {
		if (candidates.length === 0 || candidates.includes(value)) return value;
		throw cannot(`${JSON.stringify(value)} is no ${what} that serves here.`, `There are: ${candidates.join(', ')}`);
	}
	const [only, ...others] = candidates;
	const chosen = likely ?? (others.length === 0 ? only : undefined);
	if (chosen !== undefined) return chosen;
	const list = candidates.length === 0 ? '' : ` (there are: ${candidates.join(', ')})`;
	throw cannot(
		`Which ${what} is meant cannot be told from here.`,
		`Say it: --fix ${id}=${what.toUpperCase().replaceAll(' ', '-')}${list}`,
	);
}

/** What meshboard cannot mend itself, and what to do instead. */
export function cannot(message: string, hint: string): UserError {
	return new UserError({code: 'fix', message, hint, exitCode: exitCodes.badData});
}
