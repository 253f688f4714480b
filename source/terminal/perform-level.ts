import type {LevelPlan, Session} from '../onboarding/session.ts';
import type {Cockpit} from './cockpit.ts';
import type {Effect} from './state/effect.ts';
import {say, screenOf} from './state/ui.ts';
import {duration} from './text/duration.ts';

/** The effects on a proxy's log level. */
export type LevelEffect = Extract<Effect, {kind: 'plan-level' | 'raise-level' | 'put-back-level'}>;

/** Does what a key asked for. Rejects with the fault, which the controller tells. */
export async function performLevel(effect: LevelEffect, session: Session, {change, levels}: Cockpit): Promise<void> {
	switch (effect.kind) {
		case 'plan-level': {
			const plan = await session.logLevel.plan(effect.ref);
			const dialog = {
				kind: 'confirm',
				title: `Raise the log level of ${effect.ref}'s proxy to debug?`,
				detail: detailOf(plan),
				yes: {kind: 'raise-level', plan},
			} as const;
			return change((ui) => (screenOf(ui) === 'doctor' && ui.dialog === undefined ? {...ui, dialog} : ui));
		}
		case 'raise-level': {
			await levels.raise(session, effect.plan);
			const {ref} = effect.plan.target;
			return change((ui) => say(ui, `The log level of ${ref} is debug; L puts it back, as does leaving.`, 'good'));
		}
		case 'put-back-level':
			await levels.putBack(effect.ref);
			return change((ui) => say(ui, `The log level of ${effect.ref} is as before.`, 'good'));
	}
}

/** What is done on the VM, and how it ends. */
function detailOf({before, raise, putBack, seconds}: LevelPlan): readonly string[] {
	return [
		`Now: ${before}.`,
		`On the VM: ${raise}`,
		`Put back after ${duration(seconds * 1000)}, when this screen is left, and when meshboard or its connection is gone: a guard on the VM sees to it.`,
		...putBack.map((each) => `Then: ${each}`),
	];
}
