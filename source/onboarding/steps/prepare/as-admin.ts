import {exitCodes, UserError} from '../../../errors.ts';
import type {Target} from '../../../mesh/target.ts';
import type {ExecResult} from '../../../ports.ts';
import type {AdminFacts} from '../../../vm/admin-facts.ts';
import {adminProbeCommand, parseAdminProbe} from '../../../vm/admin-probe.ts';
import {packageOf} from '../../../vm/distribution.ts';
import {plainLines, plainText} from '../../../vm/plain-text.ts';
import {readPublicKey} from '../../../vm/public-key.ts';
import {type Exec, type Procedure, perform} from '../../action.ts';
import type {StepContext} from '../../step.ts';

/** The account that is to run the proxy: the one that bootstrap connects as. */
export function accountOf(target: Target): string {
	return target.ssh.user.value;
}

/** A command that changes the VM, as root. */
export function asRoot(command: string, more: Partial<Exec> = {}): Exec {
	return {kind: 'exec', as: 'admin', sudo: true, command, changes: true, show: true, ...more};
}

/** Reads the VM as root, in one round trip. Throws UserError `vm-unreadable` where it tells nothing. */
export function* lookAsAdmin(context: StepContext): Procedure<AdminFacts> {
	const {admin, result} = yield* askAsAdmin(context);
	if (admin !== undefined) return admin;
	throw unreadable(result);
}

/** The error of a VM that told nothing as root. */
export function unreadable(result: ExecResult): UserError {
	return new UserError({
		code: 'vm-unreadable',
		message: `The VM could not be read as root: ${endOf(result)}`,
		exitCode: exitCodes.someFailed,
		hint: 'Try again; the account must be allowed to run sh with sudo.',
	});
}

/** The same as `lookAsAdmin`, without `admin` where the VM tells nothing. */
export function* askAsAdmin({
	target,
	facts,
}: StepContext): Procedure<{readonly admin: AdminFacts | undefined; readonly result: ExecResult}> {
	const user = accountOf(target);
	const runtime = target.runtime.value;
	const keyId = facts.publicKey === undefined ? undefined : readPublicKey(facts.publicKey)?.id;
	const command = adminProbeCommand({
		user,
		keyId: keyId ?? '',
		configDir: target.configDir.value,
		package: packageOf(runtime).package,
		runtime,
	});
	const result = yield* perform({kind: 'exec', as: 'admin', sudo: true, command, changes: false});
	const found = parseAdminProbe(result.stdout, runtime);
	return {admin: found.kernel === '' ? undefined : found, result};
}

/** How a command ended that did not end well, with its own last words. */
export function endOf(result: ExecResult): string {
	const words = plainText(plainLines(`${result.stdout}\n${result.stderr}`, 1), 300);
	const how =
		result.ended === 'timed-out'
			? 'no end within the time limit'
			: result.code === undefined
				? 'ended without an exit code'
				: `exit code ${result.code}`;
	return words === '' ? `${how}.` : `${how}, ${words}`;
}
