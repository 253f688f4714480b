import {openBoard, openProfiles} from '../compose.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import {demo} from './demo.ts';
import {type ConnectionFlags, chooseProfile, flagsAsProfile, type GlobalFlags} from './flags.ts';
import {looksOf} from './looks.ts';
import {parseTarget} from './targets.ts';
import {version} from './version.ts';

/** The terminal UI on the current profile; `word`: the entry at which it opens, with its namespace. */
export async function board(flags: GlobalFlags & ConnectionFlags, word?: string): Promise<number> {
	const target = word === undefined ? undefined : parseTarget(word, undefined);
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
	const given = flagsAsProfile(flags);
	const {namespaces = []} = {...profile, ...given};
	const options = {
		env: process.env,
		profileName: name,
		profile,
		flags: target === undefined ? given : {...given, namespaces: withNamespaceOf(target, namespaces)},
	};
	// Who names an entry wants to see it, and is not asked.
	const first = target === undefined ? {setsUpFirst: profiles.list().length === 0} : {target};
	const about = {version, offersDemo: true, looks: looksOf(flags, process.env, profile), ...first};
	const ended = await openBoard(options, profiles, about);
	return ended === 'demo' ? demo(flags) : ended;
}

/** The namespaces to list, with the target's; none stand for all. */
function withNamespaceOf(target: TargetRef, namespaces: readonly string[]): readonly string[] {
	const own = target.slice(target.lastIndexOf('.') + 1);
	return namespaces.length === 0 || namespaces.includes(own) ? namespaces : [...namespaces, own];
}
