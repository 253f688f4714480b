import type {Profiles} from '../ports.ts';
import type {Cockpit} from './cockpit.ts';
import {problemOf} from './problem-of.ts';
import type {Effect} from './state/effect.ts';
import {homely, noSetUp, setUpQuestions} from './state/set-up.ts';
import {back, goTo, say, screenOf} from './state/ui.ts';

/** What the set-up asks of the world: a look at this machine, and the profile that is made of the answers. */
export async function performSetUp(
	effect: Effect & {kind: 'survey' | 'finish-set-up' | 'skip-set-up'},
	profiles: Profiles,
	cockpit: Cockpit,
): Promise<void> {
	const {options, world} = cockpit;
	const {setUp, connect} = options;
	if (setUp === undefined || connect === undefined) return;
	const name = cockpit.session()?.profileName ?? profiles.current();
	const {home, given} = setUp;
	const path = homely(profiles.path, home);
	switch (effect.kind) {
		case 'survey': {
			const survey = await setUp.survey();
			const filled = {...noSetUp, found: {survey, home, given, before: profiles.get(name) ?? {}}};
			return cockpit.change((ui) => {
				if (screenOf(ui) !== 'set-up') return ui;
				// Without any cluster the first screen says so, and offers the demo.
				const isFirst = world().link.kind === 'unasked';
				const nothingToAsk = setUpQuestions(filled).length === 0;
				if (isFirst && (nothingToAsk || !survey.isThere)) return back(ui);
				return nothingToAsk
					? say(back(ui), 'There is nothing to ask: the command line says it all.')
					: {...ui, setUp: filled};
			});
		}
		case 'skip-set-up':
			if (profiles.list().length > 0) return;
			profiles.save(name, {});
			cockpit.refreshProfiles();
			return cockpit.change((ui) => say(ui, `Skipped: profile ${name} in ${path} is empty; :setup redoes it.`));
		case 'finish-set-up': {
			const {profile} = effect;
			const unsaved = save(name, profile, profiles);
			const {context} = profile;
			// What could not be kept holds for this sitting, as far as a sitting can be told.
			const change = unsaved === undefined ? {profile: name} : context === undefined ? {} : {context};
			cockpit.link(connect(change), context ?? '');
			return cockpit.change((ui) => {
				const fleet = {...goTo(ui, 'fleet'), fleet: {...ui.fleet, namespace: undefined, marks: new Set<never>()}};
				return unsaved === undefined
					? say(fleet, `Saved as profile ${name} in ${path}; :setup redoes it.`, 'good')
					: say(fleet, unsaved, 'bad');
			});
		}
	}
}

/** Keeps the answers; a sentence where they cannot be kept. */
function save(name: string, profile: Parameters<Profiles['save']>[1], profiles: Profiles): string | undefined {
	try {
		profiles.save(name, profile);
		return undefined;
	} catch (error) {
		const {sentence, hint} = problemOf(error);
		return `${sentence} ${hint}`.trimEnd();
	}
}
