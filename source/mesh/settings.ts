import type {Profile} from '../ports.ts';
import type {Sourced} from './target.ts';

/** What a person said: the flags of this call, and the profile in use. A flag wins over the profile; a command may have defaults of its own. */
export type Settings = {readonly flags: Profile; readonly profile: Profile; readonly defaults?: Profile};

/** The long name of a setting's flag; some have istioctl's and tctl's spelling. */
export function flagOf(key: keyof Profile, value: unknown): string {
	if (key === 'hostKeys' && value === 'ignore') return '--ignore-host-keys';
	if (key === 'istioNamespace' || key === 'meshConfigMapName' || key === 'injectConfigMapName') return `--${key}`;
	return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A setting with where it came from, or undefined when nobody gave it. */
export function setting<K extends keyof Profile>(
	settings: Settings,
	key: K,
): Sourced<NonNullable<Profile[K]>> | undefined {
	const flag = settings.flags[key];
	if (flag !== undefined) return {value: flag, source: 'flag', detail: flagOf(key, flag)};
	const kept = settings.profile[key];
	if (kept !== undefined) return {value: kept, source: 'profile', detail: key};
	const otherwise = settings.defaults?.[key];
	return otherwise === undefined ? undefined : {value: otherwise, source: 'default'};
}
