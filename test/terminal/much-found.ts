import type {Survey} from '../../source/ports.ts';

/** What the set-up finds on a machine with more than fits. */
export const muchFound: Survey = {
	isThere: true,
	contexts: Array.from({length: 40}, (_, index) => `a-cluster-with-a-long-name-of-its-own-in-europe-${index}`),
	current: undefined,
	user: 'root',
	agentKeys: ['a key with a comment that is longer than the screen is wide, as keys of companies have'],
	keyFiles: [],
	ways: Array.from({length: 30}, (_, index) => ({
		hosts: [`host-${index}`],
		user: 'ubuntu',
		key: '/home/me/.ssh/id',
		jump: ['bastion'],
	})),
	problems: ['The SSH configuration for localhost cannot be read: /home/me/.ssh/config: terminating, 1 bad option'],
};
