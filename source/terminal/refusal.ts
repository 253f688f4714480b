import type process from 'node:process';
import {exitCodes, UserError} from '../errors.ts';

/** Why this terminal cannot show the screens, as UserError `usage`; undefined when it can. Lines need less of it than screens. */
export function refusalOf({stdin, stdout, env}: typeof process, asLines: boolean): UserError | undefined {
	if (!stdin.isTTY || !stdout.isTTY)
		return refusal(
			'The screens need a terminal for input and output.',
			'Without one use meshboard list, meshboard onboard, and the other commands: meshboard --help.',
		);
	if (env['TERM'] !== 'dumb' || asLines) return undefined;
	return refusal(
		'This terminal (TERM=dumb) cannot move its cursor, which the screens need.',
		'Use the commands (meshboard list, meshboard onboard, more: meshboard --help), or lines in place of screens: meshboard --screen-reader.',
	);
}

function refusal(message: string, hint: string): UserError {
	return new UserError({code: 'usage', message, hint, exitCode: exitCodes.usage});
}
