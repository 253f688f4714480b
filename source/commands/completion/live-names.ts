import {openCluster, openKubeconfig, openProfiles} from '../../compose.ts';
import {durationSeconds} from '../../mesh/duration.ts';
import {listEntries} from '../../onboarding/list-entries.ts';
import type {Environment} from '../../paths.ts';
import type {Cluster} from '../../ports.ts';
import {systemClock} from '../../system-clock.ts';
import {chooseProfile, flagsAsProfile, type GlobalFlags} from '../flags.ts';
import type {Candidate, LiveKind} from './candidates.ts';

/** A person waits at the prompt: longer than this, in seconds, is worse than no names, unless MESHBOARD_COMPLETION_TIMEOUT says otherwise. */
const patience = 2;

/** Names of Kubernetes are data: what is none, whatever the server says, is not offered. */
const forms: Readonly<Record<LiveKind, RegExp>> = {
	targets: /^[a-z0-9][-a-z0-9.]{0,252}\.[a-z0-9][-a-z0-9]{0,62}$/,
	namespaces: /^[a-z0-9][-a-z0-9]{0,62}$/,
	// Of these only what would not come through one line, or would be taken for a flag.
	contexts: /^[^-\p{C}\p{Z}](?:[^\p{C}\p{Zl}\p{Zp}]*)$/u,
	profiles: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
};

/** The names of a kind; none where they cannot be had, or not soon: completion is silent. */
export async function liveNames(kind: LiveKind, flags: GlobalFlags, env: Environment): Promise<readonly Candidate[]> {
	const seconds = durationSeconds(env.MESHBOARD_COMPLETION_TIMEOUT ?? '') ?? patience;
	const late = systemClock.sleep(seconds * 1000).then((): readonly Candidate[] => []);
	const asked = ask[kind](flags, env).catch(() => []);
	return (await Promise.race([asked, late])).filter(({value}) => forms[kind].test(value));
}

const plain = (names: readonly string[]) => names.map((value) => ({value, description: ''}));

const ask: Readonly<Record<LiveKind, (flags: GlobalFlags, env: Environment) => Promise<readonly Candidate[]>>> = {
	async profiles(_flags, env) {
		return plain(
			openProfiles(env)
				.list()
				.map(({name}) => name),
		);
	},
	async contexts({context: _begun, ...flags}, env) {
		return plain((await openKubeconfig(optionsOf(flags, env))).contexts());
	},
	async namespaces({namespace: _begun, ...flags}, env) {
		const cluster = await openCluster(optionsOf(flags, env));
		const objects = await cluster.list({group: '', resource: 'namespaces'}, undefined);
		return plain(objects.map(({metadata}) => metadata.name).sort());
	},
	async targets(flags, env) {
		const options = optionsOf(flags, env);
		const cluster = await openCluster(options);
		const {namespaces = []} = {...options.profile, ...options.flags};
		return plain(await entries(cluster, namespaces));
	},
};

/** Who may not list all namespaces has those of the context's. */
async function entries(cluster: Cluster, namespaces: readonly string[]): Promise<readonly string[]> {
	if (namespaces.length > 0) return listEntries(cluster, namespaces);
	return listEntries(cluster, undefined).catch(() => listEntries(cluster, [cluster.namespace]));
}

function optionsOf(flags: GlobalFlags, env: Environment) {
	const {profile} = chooseProfile(flags, env, openProfiles(env));
	return {env, profile, flags: flagsAsProfile(flags)};
}
