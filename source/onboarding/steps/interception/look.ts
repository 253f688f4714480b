import {places, proxyUser} from '../../../bundle/package/placed.ts';
import {UserError} from '../../../errors.ts';
import {imageRegistry} from '../../../mesh/image-registry.ts';
import {isIp} from '../../../mesh/ip.ts';
import type {Target} from '../../../mesh/target.ts';
import {interceptionProbe} from '../../../vm/interception/interception-probe.ts';
import {type InterceptionFacts, parseInterception} from '../../../vm/interception/parse-interception.ts';
import {quote} from '../../../vm/quote.ts';
import {type Exec, type Procedure, perform} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {lookAsRoot} from '../package/on-vm.ts';

/** Traffic is to be redirected to the proxy: then it needs rules. */
export function isIntercepted({interceptionMode}: Pick<Target, 'interceptionMode'>): boolean {
	return interceptionMode.value !== 'NONE';
}

/** Reads the rules as whoever may: root where the package is, whose account is an administrator's. */
export function interceptionLook(target: Target): Exec {
	const {host} = imageRegistry(target.image.value);
	const question = {environment: places['cluster.env'], proxyUser, names: isIp(host) ? [] : [host]};
	const command = interceptionProbe(isIntercepted(target) ? question : undefined);
	return target.layout.value === 'package'
		? lookAsRoot(`sh -c ${quote(command)}`)
		: {kind: 'exec', as: 'user', command, changes: false};
}

/** As the user, else as the admin account, who may read them without a password or not at all; undefined when nothing was answered. */
export function* lookAtInterception({target}: StepContext): Procedure<InterceptionFacts | undefined> {
	const look = interceptionLook(target);
	const seen = parseInterception((yield* perform(look)).stdout);
	return yield* asAdmin(target, look, seen);
}

/** Asks again as the admin account where the user was not told the rules. */
export function* asAdmin(
	target: Target,
	look: Exec,
	seen: InterceptionFacts | undefined,
): Procedure<InterceptionFacts | undefined> {
	const admin = target.adminUser.value;
	const known = seen?.rules !== undefined || admin === undefined || admin === target.ssh.user.value;
	if (known || look.sudo === true) return seen;
	try {
		return parseInterception((yield* perform({...look, as: 'admin'})).stdout) ?? seen;
	} catch (error) {
		// An account that does not get in can read nothing: then the rules stay unknown.
		if (error instanceof UserError) return seen;
		throw error;
	}
}
