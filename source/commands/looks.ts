import {exitCodes, UserError} from '../errors.ts';
import type {Environment} from '../paths.ts';
import type {Looks, Profile} from '../ports.ts';
import {profileSettings} from '../profile-settings.ts';
import type {GlobalFlags} from './flags.ts';

/** How the screens look: by flag, else MESHBOARD_THEME, else profile. Throws UserError `usage` for a theme that there is not. */
export function looksOf(
	{color, theme, ascii, screenReader, mouse}: GlobalFlags,
	env: Environment,
	profile: Profile,
): Looks {
	return {
		theme: theme ?? themeOf(env.MESHBOARD_THEME) ?? profile.theme,
		colour: color,
		ascii: ascii ?? profile.ascii,
		mouse: mouse ?? profile.mouse,
		// What other programs made with Ink listen to.
		screenReader: screenReader ?? (env.INK_SCREEN_READER === 'true' || profile.screenReader),
	};
}

function themeOf(word: string | undefined): Looks['theme'] {
	if (word === undefined || word === '') return undefined;
	const checked = profileSettings.theme.check(word);
	if ('value' in checked) return checked.value;
	throw new UserError({
		code: 'usage',
		message: `MESHBOARD_THEME ${checked.refused}.`,
		hint: 'Without it the profile decides, and else the terminal.',
		exitCode: exitCodes.usage,
	});
}
