import {resolve as resolvePath} from 'node:path';
import {exitCodes, UserError} from '../errors.ts';
import type {Wanted} from '../onboarding/event.ts';
import {type ImageFlags, imageWish} from './image-flag.ts';
import {resumeRuns} from './resume-runs.ts';
import {noTarget, type RunFlags, runPlanned, runTargets} from './run-targets.ts';
import {parseTarget} from './targets.ts';

export type OnboardFlags = RunFlags &
	ImageFlags & {
		prepare?: boolean;
		force?: boolean;
		resume?: boolean;
		package?: string;
		group?: string;
		host?: readonly string[];
	};

/** `meshboard onboard TARGET…`: what the run screen does, without a screen. */
export async function onboard(flags: OnboardFlags, words: readonly string[]): Promise<number> {
	if (flags.resume === true) return resumeRuns(flags, words, 'onboard');
	const wanted: Wanted = {
		task: 'onboard',
		prepare: flags.prepare === true,
		force: flags.force === true,
		...(await imageWish(flags)),
		...(flags.package === undefined ? {} : {package: resolvePath(flags.package)}),
	};
	if (flags.group !== undefined || flags.host !== undefined) return registerHosts(flags, words, wanted);
	if (words.length === 0) throw noTarget('onboard', ', or --resume');
	// Who gives a package means it.
	const layout = flags.package === undefined ? {} : ({layout: 'package'} as const);
	return runTargets({...flags, ...layout}, words, wanted, 'onboard');
}

/** `--group GROUP --host IP…`: VMs without an entry, which istiod registers once their proxies connect. */
async function registerHosts(flags: OnboardFlags, words: readonly string[], wanted: Wanted): Promise<number> {
	const {group, host: hosts = []} = flags;
	if (group === undefined || hosts.length === 0 || words.length > 0) {
		throw new UserError({
			code: 'usage',
			message: 'VMs that istiod registers are named by --group and --host together, without targets.',
			hint: 'meshboard onboard --group GROUP[.NAMESPACE] --host IP[=SSH-HOST][,IP…]',
			exitCode: exitCodes.usage,
		});
	}
	const ref = parseTarget(group, flags.namespace);
	return runPlanned({...flags, layout: 'package'}, hosts, {...wanted, layout: 'package', group: ref}, 'onboard');
}
