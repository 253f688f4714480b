import {flagOf, type Settings} from '../mesh/settings.ts';
import type {Profile} from '../ports.ts';

/** What was said of a run's target when it was begun, by flags and by the profile; a journal keeps it, so that a run goes on with it. */
export type Given = Pick<Settings, 'flags' | 'profile'>;

/** What names the cluster, what is of the program rather than of a target, and whom to trust, which is asked anew each time. */
const others: ReadonlySet<string> = new Set<keyof Profile>([
	'kubeconfig',
	'context',
	'namespaces',
	'parallel',
	'readOnly',
	'hostKeys',
	'knownHosts',
]);

/** What a journal keeps. No setting is a secret. */
export function givenOf({flags, profile}: Settings): Given {
	return {flags: aboutTarget(flags), profile: aboutTarget(profile)};
}

function aboutTarget(profile: Profile): Profile {
	return Object.fromEntries(Object.entries(profile).filter(([name]) => !others.has(name)));
}

/** The settings of a run that goes on: what it was begun with, and of today what no journal keeps. */
export function settingsOfRun(given: Given | undefined, today: Settings): Settings {
	if (given === undefined) return today;
	const rest = (profile: Profile): Profile =>
		Object.fromEntries(Object.entries(profile).filter(([name]) => others.has(name)));
	return {
		...today,
		flags: {...rest(today.flags), ...given.flags},
		profile: {...rest(today.profile), ...given.profile},
	};
}

/** Flags of today that say something else than what a run was begun with, each as a clause: `--gateway 10.0.0.1, not 10.0.0.2`. */
export function otherFlags(given: Given | undefined, flags: Profile): readonly string[] {
	if (given === undefined) return [];
	const begunWith: Readonly<Record<string, unknown>> = {...given.profile, ...given.flags};
	return Object.entries(aboutTarget(flags)).flatMap(([name, value]) => {
		const then = begunWith[name];
		if (String(then) === String(value)) return [];
		return [`${flagOf(name as keyof Profile, value)} ${then === undefined ? 'was not given' : `was ${String(then)}`}`];
	});
}
