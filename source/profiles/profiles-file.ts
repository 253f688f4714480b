import type {KeySettings, Profile} from '../ports.ts';
import {isProfileName} from '../profile-settings.ts';
import {checkProfile, isRecord, type ProfileProblem} from './check-profile.ts';

/** Version of the file's form; a later meshboard raises it when an older one could no longer read the file. */
export const fileVersion = 1;

/** The file as it stands on disk. */
export type ProfilesFile = {
	readonly version: number;
	/** The profile in use; absent: `default`. */
	readonly current?: string;
	readonly profiles: Readonly<Record<string, Profile>>;
	/** Keys of the screens; absent: ours. */
	readonly keys?: KeySettings;
};

/** Takes what is good of the parsed file, and names the rest. An empty object is a file without profiles. */
export function checkProfilesFile(value: unknown): {file: ProfilesFile; problems: readonly ProfileProblem[]} {
	const problems: ProfileProblem[] = [];
	const wrong = (field: string | undefined, text: string) => problems.push({profile: undefined, field, text});
	const root = isRecord(value) ? value : {};
	if (!isRecord(value)) wrong(undefined, 'must hold a JSON object');
	for (const field of Object.keys(root)) {
		if (!['version', 'current', 'profiles', 'keys'].includes(field)) wrong(field, 'is not known here');
	}
	if (root.version !== undefined && root.version !== fileVersion) wrong('version', `must be ${fileVersion}`);

	const profiles: Record<string, Profile> = {};
	if (root.profiles !== undefined && !isRecord(root.profiles)) wrong('profiles', 'must be an object with profiles');
	for (const [name, content] of Object.entries(isRecord(root.profiles) ? root.profiles : {})) {
		if (!isProfileName(name)) {
			wrong('profiles', `has a name that no profile can have: ${JSON.stringify(name)}`);
			continue;
		}
		const checked = checkProfile(name, content);
		profiles[name] = checked.profile;
		problems.push(...checked.problems);
	}

	const keys = root.keys === undefined ? undefined : checkKeys(root.keys, (text) => wrong('keys', text));
	const file = {version: fileVersion, profiles, ...(keys === undefined ? {} : {keys})};

	const {current} = root;
	if (current === undefined) return {file, problems};
	if (typeof current === 'string' && (Object.hasOwn(profiles, current) || current === 'default')) {
		return {file: {...file, current}, problems};
	}
	wrong('current', `names a profile that does not exist: ${JSON.stringify(current)}`);
	return {file, problems};
}

/** Actions, each with a key or several. */
function checkKeys(value: unknown, wrong: (text: string) => void): KeySettings {
	if (!isRecord(value)) {
		wrong('must be an object of actions with their keys');
		return {};
	}
	const good: Record<string, readonly string[]> = {};
	for (const [action, given] of Object.entries(value)) {
		const keys: unknown[] = Array.isArray(given) ? given : [given];
		const texts = keys.filter((key) => typeof key === 'string');
		if (texts.length === keys.length) good[action] = texts;
		else
			wrong(`must give ${JSON.stringify(action)} a key or a list of keys, not ${JSON.stringify(given).slice(0, 60)}`);
	}
	return good;
}

/** True for a file that a later meshboard wrote: it is whole, but not ours to read or repair. */
export function isNewer(value: unknown): boolean {
	return isRecord(value) && typeof value.version === 'number' && value.version > fileVersion;
}
