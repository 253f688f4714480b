import type {AdminFacts} from '../../../vm/admin-facts.ts';
import {hasMode, type Ownership} from '../../../vm/parse/ownership.ts';
import {
	addDockerGroup,
	addHome,
	addUser,
	authorizeKey,
	isUserName,
	joinDockerGroup,
	linger,
	ownSshDirectory,
	restartContainers,
	unlockUser,
} from '../../../vm/preparation.ts';
import {readPublicKey} from '../../../vm/public-key.ts';
import type {Step, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {accountOf} from './as-admin.ts';
import {actionsOf, ensure, type Part} from './ensure.ts';
import {onAccount} from './record.ts';

/** The account that runs the proxy: home, a way in by key, the right to use Docker, or podman's way to start at boot. */
export const userStep: Step = {
	id: 'prepare.user',
	phase: 'prepare',
	title: 'Create the account that runs the proxy',
	plan: (context) => actionsOf(partsOf(context)),
	*run(context) {
		const user = accountOf(context.target);
		if (!isUserName(user)) {
			const summary = `"${user}" cannot be the name of an account.`;
			const evidence = [{source: context.target.ssh.user.detail ?? context.target.ssh.user.source, text: user}];
			return stoppedBy(findingAbout(context, 'entry.invalid', evidence, summary));
		}
		return yield* ensure(context, partsOf(context), {what: `User ${user}`, needs: 'account'});
	},
};

/** All that may have to be done. An admin who runs the proxy too is in already and lacks at most the group. */
function partsOf({target, facts}: StepContext): readonly Part[] {
	const user = accountOf(target);
	if (!isUserName(user)) return [];
	const run = (command: string) => onAccount({target}, command);
	const podman: readonly Part[] = [
		{
			id: 'prepare.user.linger',
			action: run(linger(user)),
			missing: ({atBoot}) => !atBoot.lingers,
			title: 'lingers',
			state: ({atBoot}) => (atBoot.lingers ? 'lingers' : 'ends with its last session'),
		},
		{
			id: 'prepare.user.restart',
			action: run(restartContainers(user)),
			missing: ({atBoot}) => !atBoot.restarts,
			title: 'containers start at boot',
			state: ({atBoot}) => (atBoot.restarts ? 'podman-restart.service' : 'not at boot'),
		},
	];
	const docker: readonly Part[] = [
		{
			id: 'prepare.user.docker-group',
			action: run(addDockerGroup),
			missing: (found) => !found.dockerGroupExists,
			title: 'group docker made',
			state: (found) => (found.dockerGroupExists ? 'there' : 'absent'),
		},
		{
			id: 'prepare.user.groups',
			action: run(joinDockerGroup(user)),
			missing: ({account}) => account?.groups.includes('docker') !== true,
			title: 'member of group docker',
			state: ({account}) => account?.groups.join(', ') ?? noAccount,
		},
	];
	const right = target.runtime.value === 'docker' ? docker : podman;
	if (user === target.adminUser.value) return right;
	const unknown = {id: '<public key>', line: '<public key>'};
	const key = (facts.publicKey === undefined ? undefined : readPublicKey(facts.publicKey)) ?? unknown;
	return [
		{
			id: 'prepare.user.account',
			action: run(addUser(user)),
			missing: ({account}) => account === undefined,
			title: 'made',
			state: ({account}) => (account === undefined ? noAccount : `${user} of group ${account.group}`),
		},
		{
			id: 'prepare.user.unlock',
			action: run(unlockUser(user)),
			missing: ({account}) => account?.locked === true,
			title: 'unlocked',
			state: ({account}) => (account === undefined ? noAccount : account.locked ? 'locked' : 'not locked'),
		},
		{
			id: 'prepare.user.home',
			action: run(addHome(user)),
			missing: ({account}) => account?.homeExists === false,
			title: 'home made',
			state: ({account}) =>
				account === undefined ? noAccount : account.homeExists ? account.home : `${account.home} is absent`,
		},
		{
			id: 'prepare.user.ssh-directory',
			action: run(ownSshDirectory(user)),
			missing: ({account}) => account !== undefined && ownedByOther(account, user),
			title: '.ssh owned',
			state: ({account}) => (account === undefined ? noAccount : ownerOf(account.sshDirectory)),
		},
		{
			id: 'prepare.user.key',
			action: run(authorizeKey(user, key)),
			missing: ({account}) => !letsIn(account),
			title: 'public key let in',
			state: ({account}) =>
				account === undefined ? noAccount : account.keyPresent ? ownerOf(account.authorizedKeys) : 'not let in',
		},
		...right,
	];
}

const noAccount = 'no account';

function ownerOf({owner, mode}: Ownership): string {
	return owner === '' ? 'absent' : `of ${owner}, mode ${mode}`;
}

function ownedByOther({sshDirectory, authorizedKeys}: NonNullable<AdminFacts['account']>, user: string): boolean {
	return [sshDirectory, authorizedKeys].some(({owner}) => owner !== '' && owner !== user);
}

function letsIn(account: AdminFacts['account']): boolean {
	return account?.keyPresent === true && hasMode(account.sshDirectory, '700') && hasMode(account.authorizedKeys, '600');
}
