import {openBoard, openProfiles} from '../compose.ts';
import {exitCodes, UserError} from '../errors.ts';
import {demo} from './demo.ts';
import {type ConnectionFlags, chooseProfile, flagsAsProfile, type GlobalFlags} from './flags.ts';
import {version} from './version.ts';

/** The terminal UI on the current profile. */
export async function board(flags: GlobalFlags & ConnectionFlags): Promise<number> {
	if (!process.stdin.isTTY || !process.stdout.isTTY) {
		throw new UserError({
			code: 'usage',
			message: 'The terminal UI needs a terminal, and this is none.',
			hint: 'For scripts: meshboard list, meshboard onboard TARGET…, meshboard --help',
			exitCode: exitCodes.usage,
		});
	}
	const profiles = openProfiles(process.env);
	const {name, profile} = chooseProfile(flags, process.env, profiles);
	const options = {env: process.env, profileName: name, profile, flags: flagsAsProfile(flags)};
	const ended = await openBoard(options, profiles, {version, offersDemo: true});
	return ended === 'demo' ? demo(flags) : ended;
}
