import type {AdminFacts} from '../../../vm/admin-facts.ts';
import {hasMode} from '../../../vm/parse/ownership.ts';
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
import {accountOf, asRoot} from './as-admin.ts';
import {ensure, type Part} from './ensure.ts';

/** The account that runs the proxy: home, a way in by key, the right to use Docker, or podman's way to start at boot. */
export const userStep: Step = {
	id: 'prepare.user',
	phase: 'prepare',
	title: 'Create the account that runs the proxy',
	plan: (context) => partsOf(context).map(({action}) => action),
	*run(context) {
		const user = accountOf(context.target);
		if (!isUserName(user)) {
			const summary = `"${user}" cannot be the name of an account.`;
			const evidence = [{source: context.target.ssh.user.detail ?? context.target.ssh.user.source, text: user}];
			return stoppedBy(findingAbout(context, 'entry.invalid', evidence, summary));
		}
		return yield* ensure(context, partsOf(context), {what: `User ${user}`});
	},
};

/** All that may have to be done. An admin who runs the proxy too is in already and lacks at most the group. */
function partsOf({target, facts}: StepContext): readonly Part[] {
	const user = accountOf(target);
	if (!isUserName(user)) return [];
	const podman: readonly Part[] = [
		{action: asRoot(linger(user)), missing: ({atBoot}) => !atBoot.lingers, title: 'lingers'},
		{
			action: asRoot(restartContainers(user)),
			missing: ({atBoot}) => !atBoot.restarts,
			title: 'containers start at boot',
		},
	];
	const docker: readonly Part[] = [
		{
			action: asRoot(addDockerGroup),
			missing: (found) => !found.dockerGroupExists,
			title: 'group docker made',
		},
		{
			action: asRoot(joinDockerGroup(user)),
			missing: ({account}) => account?.groups.includes('docker') !== true,
			title: 'member of group docker',
		},
	];
	const right = target.runtime.value === 'docker' ? docker : podman;
	if (user === target.adminUser.value) return right;
	const unknown = {id: '<public key>', line: '<public key>'};
	const key = (facts.publicKey === undefined ? undefined : readPublicKey(facts.publicKey)) ?? unknown;
	return [
		{
			action: asRoot(addUser(user)),
			missing: ({account}) => account === undefined,
			title: 'made',
		},
		{
			action: asRoot(unlockUser(user)),
			missing: ({account}) => account?.locked === true,
			title: 'unlocked',
		},
		{
			action: asRoot(addHome(user)),
			missing: ({account}) => account?.homeExists === false,
			title: 'home made',
		},
		{
			action: asRoot(ownSshDirectory(user)),
			missing: ({account}) => account !== undefined && ownedByOther(account, user),
			title: '.ssh owned',
		},
		{
			action: asRoot(authorizeKey(user, key)),
			missing: ({account}) => !letsIn(account),
			title: 'public key let in',
		},
		...right,
	];
}

function ownedByOther({sshDirectory, authorizedKeys}: NonNullable<AdminFacts['account']>, user: string): boolean {
	return [sshDirectory, authorizedKeys].some(({owner}) => owner !== '' && owner !== user);
}

function letsIn(account: AdminFacts['account']): boolean {
	return account?.keyPresent === true && hasMode(account.sshDirectory, '700') && hasMode(account.authorizedKeys, '600');
}
