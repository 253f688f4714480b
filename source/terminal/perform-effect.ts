import {parseFix} from '../onboarding/fix/choose-fix.ts';
import type {Session} from '../onboarding/session.ts';
import type {Profiles} from '../ports.ts';
import type {Cockpit} from './cockpit.ts';
import {performCheck} from './perform-check.ts';
import {performCreate} from './perform-create.ts';
import {performEdit} from './perform-edit.ts';
import {performLevel} from './perform-level.ts';
import {performSetUp} from './perform-set-up.ts';
import {problemOf} from './problem-of.ts';
import {saveOutput} from './save-output.ts';
import type {Effect} from './state/effect.ts';
import {say, type Ui} from './state/ui.ts';
import {stopProcess} from './stop-process.ts';
import {counted} from './text/counted.ts';

/** Does what a key asked for. Rejects with the fault, which the controller tells. */
export async function performEffect(effect: Effect, cockpit: Cockpit): Promise<void> {
	const {change, options} = cockpit;
	switch (effect.kind) {
		case 'plan':
			return makePlan(effect, cockpit);
		case 'check':
			return performCheck(effect, sessionOf(cockpit), cockpit);
		case 'start': {
			const {runs} = sessionOf(cockpit);
			const before = new Set(runs.getSnapshot().map(({id}) => id));
			runs.start(effect.plans);
			// Who starts a run wants to see it, and not the one of an hour ago.
			const begun = runs.getSnapshot().find(({id}) => !before.has(id));
			change((ui) => ({...ui, runs: {...ui.runs, focus: begun?.id}}));
			return cockpit.refreshTimes();
		}
		case 'retry':
			return sessionOf(cockpit).runs.retry(effect.run);
		case 'skip':
			return sessionOf(cockpit).runs.skip(effect.run, effect.reason);
		case 'cancel':
			for (const run of effect.runs) sessionOf(cockpit).runs.cancel(run);
			return;
		case 'resume': {
			const {runs} = sessionOf(cockpit);
			// A run that cannot go on, since its entry is gone, holds up no other.
			const begun = await Promise.allSettled(effect.runs.map((run) => runs.resume(run)));
			await Promise.all([cockpit.refreshBroken(), cockpit.refreshTimes()]);
			for (const one of begun) if (one.status === 'rejected') throw one.reason;
			return;
		}
		case 'dismiss':
			sessionOf(cockpit).runs.dismiss(effect.run);
			return cockpit.refreshBroken();
		case 'mark-output':
			return sessionOf(cockpit).runs.output(effect.run).mark();
		case 'save-output': {
			const session = sessionOf(cockpit);
			const run = session.runs.getSnapshot().find(({id}) => id === effect.run);
			if (run === undefined) return;
			const {path, lines, missing} = await saveOutput(run, session.runs.output(run.id));
			const rest =
				missing === 0 ? '' : `; the first ${counted(missing, 'line')} are in ${session.runs.output(run.id).path}`;
			return change((ui) => say(ui, `Saved ${counted(lines, 'line')} to ${path}${rest}`, 'good'));
		}
		case 'answer':
			return sessionOf(cockpit).prompts.answer(effect.text);
		case 'look-around':
		case 'ask-vm':
		case 'check-object':
		case 'apply-object':
		case 'write-object':
			return performCreate(effect, sessionOf(cockpit), cockpit);
		case 'examine':
			return cockpit.doctors.begin(sessionOf(cockpit), effect.refs, effect.watch, (error) => {
				const {sentence, hint} = problemOf(error);
				change((ui) => say(ui, `${sentence} ${hint}`.trimEnd(), 'bad'));
			});
		case 'plan-level':
		case 'raise-level':
		case 'put-back-level':
			return performLevel(effect, sessionOf(cockpit), cockpit);
		case 'open-shell':
		case 'edit-entry':
		case 'apply-edit':
			return performEdit(effect, sessionOf(cockpit), cockpit);
		case 'plan-fix':
			return planFix(effect, cockpit);
		case 'copy':
			options.copy(effect.text);
			// Some terminals throw it away in silence.
			return change((ui) => say(ui, `Sent to the terminal's clipboard (OSC 52): ${inShort(effect.text)}`, 'good'));
		case 'save-profile':
		case 'remove-profile':
		case 'use-profile':
			return changeProfiles(effect, profilesOf(cockpit), cockpit);
		case 'survey':
		case 'finish-set-up':
		case 'skip-set-up':
			return performSetUp(effect, profilesOf(cockpit), cockpit);
		case 'connect':
			if (options.connect !== undefined) cockpit.link(options.connect({}), cockpit.context());
			return;
		case 'relink': {
			if (options.connect === undefined) return;
			// Marks are of entries; those of another cluster are others.
			const {context = cockpit.context()} = effect.change;
			const stays = context === cockpit.context();
			change((ui) => ({
				...ui,
				stack: ['fleet'],
				fleet: {...ui.fleet, namespace: undefined, marks: stays ? ui.fleet.marks : new Set()},
			}));
			return cockpit.link(options.connect(effect.change), context);
		}
		case 'remember':
			return cockpit.remember(effect.line);
		case 'quit':
			return cockpit.quit(effect.exitCode, effect.cancel);
		case 'open-demo':
			return cockpit.openDemo();
		case 'tour':
			return cockpit.toggleTour();
		case 'redraw':
			return options.redraw();
		case 'suspend':
			return cockpit.suspend(stopProcess);
	}
}

/** One line as it is; of several, how many. */
function inShort(text: string): string {
	const lines = text.trimEnd().split('\n');
	return lines.length === 1 ? text.trimEnd() : counted(lines.length, 'line');
}

async function makePlan({refs, options, ticket}: Effect & {kind: 'plan'}, cockpit: Cockpit): Promise<void> {
	const put = (result: Ui['plan']['result']) =>
		cockpit.change((ui) => (ui.plan.ticket === ticket ? {...ui, plan: {...ui.plan, result}} : ui));
	try {
		put({kind: 'ready', plans: await sessionOf(cockpit).plan(refs, options)});
	} catch (error) {
		put({kind: 'failed', problem: problemOf(error)});
	}
}

async function planFix({refs, id, ticket}: Effect & {kind: 'plan-fix'}, cockpit: Cockpit): Promise<void> {
	const put = (result: Ui['plan']['result']) =>
		cockpit.change((ui) => (ui.plan.ticket === ticket ? {...ui, plan: {...ui.plan, result}} : ui));
	try {
		const session = sessionOf(cockpit);
		const wish = parseFix(id);
		const planned = await Promise.all(cockpit.doctors.of(refs).map((each) => session.planFix(each, wish)));
		const plans = planned.filter((plan) => plan !== undefined);
		if (plans.length > 0) return put({kind: 'ready', plans});
		put({kind: 'failed', problem: {code: id, sentence: `${id} is not there any more.`, hint: '', evidence: []}});
	} catch (error) {
		put({kind: 'failed', problem: problemOf(error)});
	}
}

function changeProfiles(
	effect: Effect & {kind: 'save-profile' | 'remove-profile' | 'use-profile'},
	profiles: Profiles,
	cockpit: Cockpit,
): void {
	const {change, options} = cockpit;
	switch (effect.kind) {
		case 'save-profile':
			profiles.save(effect.name, effect.profile);
			change((ui) =>
				say(
					{...ui, profiles: {...ui.profiles, form: undefined}},
					`Saved the profile ${effect.name} in ${profiles.path}.`,
					'good',
				),
			);
			break;
		case 'remove-profile':
			profiles.remove(effect.name);
			change((ui) => say(ui, `Removed the profile ${effect.name}.`, 'good'));
			break;
		case 'use-profile': {
			profiles.use(effect.name);
			if (options.connect === undefined) {
				change((ui) => say(ui, `${effect.name} is used from the next start of meshboard on.`, 'good'));
				break;
			}
			const context = profiles.get(effect.name)?.context ?? '';
			change((ui) => ({...ui, stack: ['fleet'], fleet: {...ui.fleet, namespace: undefined, marks: new Set()}}));
			cockpit.link(options.connect({profile: effect.name}), context);
		}
	}
	cockpit.refreshProfiles();
}

function sessionOf(cockpit: Cockpit): Session {
	const session = cockpit.session();
	if (session === undefined) throw new Error('a key was taken that needs a session');
	return session;
}

function profilesOf(cockpit: Cockpit): Profiles {
	const profiles = cockpit.profiles();
	if (profiles === undefined) throw new Error('a key was taken that needs the profiles');
	return profiles;
}
