import type {AdminFacts} from '../../../vm/admin-facts.ts';
import {type Action, type Exec, type Procedure, perform} from '../../action.ts';
import type {Outcome, StepContext} from '../../step.ts';
import {endOf, lookAsAdmin} from './as-admin.ts';
import {partCheck} from './part-check.ts';
import {bringRecord} from './record.ts';
import {type Needs, noRoom} from './room.ts';

/** A part of the preparation: the command that makes it so, and whether it is still to be made. */
export type Part = {
	readonly id: string;
	readonly action: Exec;
	readonly missing: (facts: AdminFacts) => boolean;
	/** What the command does, for people, e.g. `member of group docker`. */
	readonly title: string;
	/** What there is of it, for people, e.g. `istio-proxy, docker`. */
	readonly state: (facts: AdminFacts) => string;
};

/** What the VM says against all of it; the step then ends before anything is changed. */
export type Objection = (facts: AdminFacts) => Outcome | undefined;

/** Looks, unless an earlier step has just done so; does exactly what is missing, in order, and looks again. */
export function* ensure(
	context: StepContext,
	parts: readonly Part[],
	options: {readonly what: string; readonly needs: Needs; readonly object?: Objection},
): Procedure<Outcome> {
	const checks = (before: AdminFacts, after: AdminFacts, done: readonly Part[]) =>
		parts.map((part) =>
			partCheck(part.id, part.title, {
				before: part.state(before),
				after: part.state(after),
				done: done.includes(part),
			}),
		);
	const missingIn = (facts: AdminFacts) => parts.filter((part) => part.missing(facts));
	let facts = context.facts.admin ?? (yield* lookAsAdmin(context));
	const objection = options.object?.(facts);
	if (objection !== undefined) return {...objection, facts: {admin: facts}};
	const missing = missingIn(facts);
	if (missing.length === 0) {
		return {
			status: 'succeeded',
			detail: `${options.what}, already there`,
			checks: checks(facts, facts, []),
			facts: {admin: facts},
		};
	}
	const lack = noRoom(context, facts, options.needs);
	if (lack !== undefined) return {...lack, facts: {admin: facts}};
	const before = facts;
	yield* perform(bringRecord);
	for (const {action, title} of missing) {
		const result = yield* perform(action);
		if (result.code !== 0) {
			return {status: 'failed', detail: `${options.what} (${title}): ${endOf(result)}`, changed: true};
		}
	}
	facts = yield* lookAsAdmin(context);
	const left = missingIn(facts).map(({title}) => title);
	if (left.length > 0) {
		return {
			status: 'failed',
			detail: `${options.what}: the commands ended well, and yet this is not so: ${left.join(', ')}.`,
			changed: true,
			facts: {admin: facts},
		};
	}
	const done = missing.map(({title}) => title).join(', ');
	return {
		status: 'succeeded',
		detail: `${options.what}: ${done}`,
		changed: true,
		checks: checks(before, facts, missing),
		facts: {admin: facts},
	};
}

/** The commands of all parts, as a plan shows them. */
export function actionsOf(parts: readonly Part[]): readonly Action[] {
	return parts.length === 0 ? [] : [bringRecord, ...parts.map(({action}) => action)];
}
