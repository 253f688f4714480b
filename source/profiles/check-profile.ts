import type {Profile} from '../ports.ts';
import {isSettingName, profileSettings, settingNames} from '../profile-settings.ts';

/** Something wrong in the file of profiles; `profile` and `field` are undefined where it concerns more than one. */
export type ProfileProblem = {
	readonly profile: string | undefined;
	readonly field: string | undefined;
	/** A clause: "must be a port, 1 to 65535, not 0". */
	readonly text: string;
};

/** Takes what is good of a value that should be a profile, and names the rest. */
export function checkProfile(name: string, value: unknown): {profile: Profile; problems: readonly ProfileProblem[]} {
	if (!isRecord(value)) {
		return {profile: {}, problems: [{profile: name, field: undefined, text: 'must be an object with settings'}]};
	}
	const good: Record<string, unknown> = {};
	const problems: ProfileProblem[] = [];
	for (const [field, content] of Object.entries(value)) {
		if (!isSettingName(field)) {
			problems.push({profile: name, field, text: `is not a setting${didYouMean(field)}`});
			continue;
		}
		const outcome = profileSettings[field].check(content);
		if ('refused' in outcome) problems.push({profile: name, field, text: outcome.refused});
		else good[field] = outcome.value;
	}
	// Each field passed the check of its own setting, whose types `profileSettings` ties to Profile.
	return {profile: good, problems};
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function didYouMean(field: string): string {
	const bare = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, '');
	const near = settingNames.find((name) => bare(name) === bare(field));
	return near === undefined ? '' : `; did you mean ${near}?`;
}
