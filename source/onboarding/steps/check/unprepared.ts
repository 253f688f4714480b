import {UserError} from '../../../errors.ts';
import {type Procedure, perform} from '../../action.ts';
import type {Outcome, StepContext} from '../../step.ts';
import {findingOf, stoppedBy} from '../stopped-by.ts';

/**
 * The end of a check's look at a VM that does not know the account of the proxy, since it is not prepared yet, and lets the admin account in: its ways
 * can be tried all the same, as that. Firewalls are asked to be opened long before there is an account. undefined where it is not so.
 */
export function* triedAsAdmin(context: StepContext, error: unknown): Procedure<Outcome | undefined> {
	const {target, options} = context;
	const {adminUser, ssh, ref} = target;
	const admin = adminUser.value;
	if (!(error instanceof UserError) || error.code !== 'ssh.auth-failed') return undefined;
	if (options.task !== 'check' || admin === undefined || admin === ssh.user.value) return undefined;
	try {
		yield* perform({kind: 'exec', as: 'admin', command: 'true', changes: false});
	} catch (refused) {
		if (refused instanceof UserError) return undefined;
		throw refused;
	}
	const found = findingOf(error, context);
	if (found === undefined) return undefined;
	const text = 'Prepare the VM, unless the account is there and wants the key only.';
	const remedy = {text, command: `meshboard prepare ${ref}`};
	const summary = `${found.summary} The ways are tried as ${admin}.`;
	return stoppedBy(
		{...found, summary, remedy},
		{target: {...target, ssh: {...ssh, user: {...adminUser, value: admin}}}},
	);
}
