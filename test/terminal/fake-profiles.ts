import type {Profile, Profiles} from '../../source/ports.ts';

/** Profiles in memory. */
export function createFakeProfiles(): Profiles {
	const profiles = new Map<string, Profile>([['default', {context: 'kind-lab', sshUser: 'istio-proxy'}]]);
	let current = 'default';
	return {
		path: '/config/meshboard/config.json',
		list: () => [...profiles].map(([name, profile]) => ({name, profile, current: name === current})),
		get: (name) => profiles.get(name),
		current: () => current,
		save: (name, profile) => void profiles.set(name, profile),
		remove: (name) => void profiles.delete(name),
		keys: () => ({}),
		use: (name) => {
			current = name;
		},
	};
}
