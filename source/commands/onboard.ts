import {resolve as resolvePath} from 'node:path';
import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Wanted} from '../onboarding/event.ts';
import type {RunState} from '../onboarding/run.ts';
import type {Session} from '../onboarding/session.ts';
import {follow} from './follow.ts';
import type {OutputFormat} from './output-format.ts';
import {noTarget, type RunFlags, runPlanned, runTargets, withSession} from './run-targets.ts';
import {parseTarget} from './targets.ts';

export type OnboardFlags = RunFlags & {
	prepare?: boolean;
	force?: boolean;
	resume?: boolean;
	package?: string;
	group?: string;
	host?: readonly string[];
};

/** `meshboard onboard TARGET…`: what the run screen does, without a screen. */
export async function onboard(flags: OnboardFlags, words: readonly string[]): Promise<number> {
	if (flags.resume === true) {
		if (flags.dryRun === true) {
			throw new UserError({
				code: 'usage',
				message: 'A run that is resumed has shown its plan already: --dry-run does not go with --resume.',
				hint: 'The plan of a target as it is now: meshboard onboard TARGET --dry-run',
				exitCode: exitCodes.usage,
			});
		}
		const targets = new Set(words.map((word) => parseTarget(word, flags.namespace)));
		// Consent was given when the run was begun.
		return withSession({...flags, yes: true}, {changes: true}, (session) =>
			resume(session, targets, flags.output ?? 'text'),
		);
	}
	const wanted: Wanted = {
		task: 'onboard',
		prepare: flags.prepare === true,
		force: flags.force === true,
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

/**
 * Goes on with broken-off runs of this cluster: of the named targets, or all of them. What cannot go on (its entry is gone) holds
 * up no other; its fault is told in the end.
 */
async function resume(session: Session, wanted: ReadonlySet<TargetRef>, format: OutputFormat): Promise<number> {
	const isWanted = (run: RunState) => wanted.size === 0 || wanted.has(run.target);
	const found = (await session.runs.interrupted()).filter(isWanted);
	if (found.length === 0) {
		const elsewhere = (await session.runs.interrupted('elsewhere')).filter(isWanted);
		process.stderr.write(`No run was broken off${wanted.size === 0 ? '' : ' of what was named'}: nothing to resume.\n`);
		for (const {target, options} of elsewhere)
			process.stderr.write(
				`A run of ${target} was, in another cluster: profile ${options.profile}, context ${options.context}.\n`,
			);
		return exitCodes.done;
	}
	// Of several broken-off runs of one VM only the newest can go on; the older ones are ended.
	const newest = found.filter((run, index) => found.findIndex(({target}) => target === run.target) === index);
	for (const run of found) if (!newest.includes(run)) session.runs.dismiss(run);
	for (const run of newest)
		process.stderr.write(`Going on with ${run.target}, begun ${run.startedAt}, broken off at ${run.updatedAt}\n`);
	let begun: ReadonlyArray<PromiseSettledResult<void>> = [];
	const code = await follow(session, format, async () => {
		begun = await Promise.allSettled(newest.map((run) => session.runs.resume(run)));
	});
	const [first, ...more] = begun.filter((one) => one.status === 'rejected');
	if (first === undefined) return code;
	for (const {reason} of more)
		process.stderr.write(`meshboard: ${reason instanceof Error ? reason.message : reason}\n`);
	throw first.reason;
}
