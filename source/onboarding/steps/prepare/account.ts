import {wordsOfConfinement} from '../../../vm/confinement.ts';
import {readPublicKey} from '../../../vm/public-key.ts';
import {wordsOfWaysOut} from '../../../vm/ways-out.ts';
import type {Step} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {accountOf, askAsAdmin, endOf, unreadable} from './as-admin.ts';

/** The admin connection stands, sudo works, the machine is one that can be prepared, and there is a key for its new user. */
export const accountStep: Step = {
	id: 'prepare.account',
	phase: 'prepare',
	title: 'Become root with the admin account',
	plan: () => [],
	*run(context) {
		const {target, facts} = context;
		const key = facts.publicKey === undefined ? undefined : readPublicKey(facts.publicKey);
		if (key === undefined && accountOf(target) !== target.adminUser.value) {
			const summary = `There is no public key to let ${accountOf(target)} in with: no usable key file, and none in ssh-agent.`;
			return stoppedBy(findingAbout(context, 'ssh.key-unusable', [], summary));
		}
		const {admin, result} = yield* askAsAdmin(context);
		if (admin === undefined) {
			// Whatever root is asked, sudo answers first; a probe that came to run ends well.
			if (result.code === undefined || result.code === 0) throw unreadable(result);
			const end = endOf(result);
			const account = target.adminUser.value ?? 'The admin account';
			const summary = `${account} cannot become root: ${end}`;
			const evidence = [{source: 'sudo sh', text: end}];
			return stoppedBy(findingAbout(context, 'vm.sudo-unavailable', evidence, summary));
		}
		if (admin.kernel !== 'Linux') {
			const summary = `The machine runs ${admin.kernel}, not Linux.`;
			const evidence = [{source: 'uname -s', text: admin.kernel}];
			return stoppedBy(findingAbout(context, 'vm.os-unsupported', evidence, summary));
		}
		return {
			status: 'succeeded',
			detail: [
				`${admin.admin} on ${admin.os.prettyName === '' ? 'an unknown distribution' : admin.os.prettyName}`,
				wordsOfWaysOut(admin.waysOut),
				wordsOfConfinement(admin.confinement),
			]
				.filter((part) => part !== '')
				.join('; '),
			facts: {admin},
		};
	},
};
