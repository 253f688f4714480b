import {exitCodes} from '../../errors.ts';
import {type Shell, scripts} from './scripts.ts';

/** `meshboard completion SHELL`. */
export async function printScript(shell: Shell): Promise<number> {
	process.stdout.write(scripts[shell]);
	return exitCodes.done;
}
