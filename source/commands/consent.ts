import {exitCodes, UserError} from '../errors.ts';
import {askAtTerminal, askForWord} from './ask.ts';

/** The flags that answer for a person. */
export type ConsentFlags = {readonly yes?: boolean; readonly readOnly?: boolean};

/** Refuses, before anything is read, what may not or could not be agreed to: a read-only profile, nobody to ask. */
export function refuseWithoutConsent(
	flags: ConsentFlags,
	profile: {readonly name: string; readonly readOnly: boolean | undefined},
): void {
	if (flags.readOnly ?? profile.readOnly) {
		throw new UserError({
			code: 'usage',
			message: 'This profile is read-only: nothing may be changed with it.',
			hint: `Look at the plan with --dry-run; or leave --read-only out, or set it off: meshboard profile set ${profile.name} readOnly=no`,
			exitCode: exitCodes.notPermitted,
		});
	}
	if (flags.yes === true || (process.stdin.isTTY && process.stderr.isTTY)) return;
	throw new UserError({
		code: 'usage',
		message: 'Nothing is changed without consent, and there is no terminal to ask at.',
		hint: 'Look at the plan with --dry-run, then run it again with --yes.',
		exitCode: exitCodes.usage,
	});
}

/** Shows what would be done and asks; `--yes` answers beforehand. Throws where the answer is not yes, or not `word`, where one is to be typed. */
export async function consent(flags: ConsentFlags, show: () => void, title: string, word?: string): Promise<void> {
	if (flags.yes === true) return;
	show();
	const agreed =
		word === undefined
			? (await askAtTerminal({kind: 'confirm', id: title, title})) !== undefined
			: await askForWord(title, word);
	if (agreed) return;
	throw new UserError({code: 'usage', message: 'Nothing was changed.', exitCode: exitCodes.interrupted});
}
