import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';

/** `<entry>[.<namespace>]` as a whole reference. Entry names may hold dots only when the namespace is written out. */
export function parseTarget(word: string, namespace: string | undefined): TargetRef {
	const whole = word.includes('.') ? word : namespace === undefined ? '' : `${word}.${namespace}`;
	if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\.[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(whole)) {
		throw new UserError({
			code: 'usage',
			message: `${JSON.stringify(word)} is not a target.`,
			hint: 'Write <entry>.<namespace>, or <entry> with -n <namespace>.',
			exitCode: exitCodes.usage,
		});
	}
	return whole;
}
