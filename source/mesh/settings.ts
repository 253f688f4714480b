import type {Profile} from '../ports.ts';
import type {Sourced} from './target.ts';

/** What a person said: the flags of this call, and the profile in use. A flag wins over the profile. */
export type Settings = {readonly flags: Profile; readonly profile: Profile};

/** A setting with where it came from, or undefined when nobody gave it. */
export function setting<K extends keyof Profile>(
	settings: Settings,
	key: K,
): Sourced<NonNullable<Profile[K]>> | undefined {
	const detail = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
	const flag = settings.flags[key];
	if (flag !== undefined) return {value: flag, source: 'flag', detail};
	const kept = settings.profile[key];
	return kept === undefined ? undefined : {value: kept, source: 'profile', detail: key};
}
