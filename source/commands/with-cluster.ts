import {openCluster, openProfiles} from '../compose.ts';
import type {Cluster, Profile} from '../ports.ts';
import {type ConsentFlags, refuseWithoutConsent} from './consent.ts';
import {type ConnectionFlags, chooseProfile, flagsAsProfile, type GlobalFlags} from './flags.ts';

/** The settings of a call: what the command line said, over the profile. */
export function settingsOf(flags: GlobalFlags & ConnectionFlags): Profile {
	const {profile} = chooseProfile(flags, process.env, openProfiles(process.env));
	return {...profile, ...flagsAsProfile(flags)};
}

/** Refuses what the profile does not allow, or nobody is there to agree to. */
export function refuseChanges(flags: GlobalFlags & ConsentFlags): void {
	const {name, profile} = chooseProfile(flags, process.env, openProfiles(process.env));
	refuseWithoutConsent(flags, {name, readOnly: profile.readOnly});
}

/** Opens the cluster of the chosen profile for one command and closes it in the end; what may not be changed is refused first. */
export async function withCluster(
	flags: GlobalFlags & ConnectionFlags & ConsentFlags,
	{changes}: {readonly changes: boolean},
	use: (cluster: Cluster) => Promise<number>,
): Promise<number> {
	if (changes) refuseChanges(flags);
	const {profile} = chooseProfile(flags, process.env, openProfiles(process.env));
	const cluster = await openCluster({env: process.env, profile, flags: flagsAsProfile(flags)});
	try {
		return await use(cluster);
	} finally {
		cluster.close();
	}
}
