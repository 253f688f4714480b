import {exitCodes, UserError} from '../errors.ts';

/** Why a call of bootstrap is refused before anything is read. */
export function bootstrapUsage(message: string, hint = 'What each flag does: meshboard bootstrap --help'): UserError {
	return new UserError({code: 'usage', message, exitCode: exitCodes.usage, hint});
}
