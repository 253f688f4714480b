import {userInfo} from 'node:os';
import {exitCodeOf} from '../diagnosis/exit-code.ts';
import {exitCodes} from '../errors.ts';
import {causeOf, failureOf, partFailures} from '../onboarding/failure.ts';
import type {Session} from '../onboarding/session.ts';
import {sharedVms} from '../onboarding/shared-vm.ts';
import type {Profile} from '../ports.ts';
import {refuseArguments} from './bootstrap-arguments.ts';
import type {BootstrapFlags} from './bootstrap-flags.ts';
import {groupWish} from './bootstrap-group.ts';
import type {Planned} from './bootstrap-planned.ts';
import {consent} from './consent.ts';
import {say, tellFailures} from './failures.ts';
import {follow} from './follow.ts';
import {imageWish} from './image-flag.ts';
import {printPlan} from './print-plan.ts';
import {withSession} from './run-targets.ts';
import {parseTarget} from './targets.ts';

/** `meshboard bootstrap TARGET…|--all`: what `tctl x sidecar-bootstrap` does, several at once, and none stops the others (docs/bootstrap.md). */
export async function bootstrap(flags: BootstrapFlags, words: readonly string[]): Promise<number> {
	if (flags.docs === true) {
		process.stdout.write((await import('./bootstrap-docs.ts')).bootstrapDocs());
		return exitCodes.done;
	}
	refuseArguments(flags, words);
	// Misspelt targets are told before anything is read; the namespace of the context is known later.
	for (const word of words) parseTarget(word, flags.namespace ?? 'default');
	const offline = flags.archive === true || flags.outputFile !== undefined || flags.outputDir !== undefined;
	if (flags.ignoreHostKeys === true && !offline) {
		say(
			'meshboard: warning: --ignore-host-keys: whoever answers at an address that is not in known_hosts gets the token of its entry. A changed key is refused all the same.',
		);
	}
	const given: BootstrapFlags = {
		...flags,
		...(flags.ignoreHostKeys === true ? {hostKeys: 'ignore'} : {}),
		// Files of the user's own are what was asked for; only a VM or the cluster is changed with consent.
		...(offline ? {yes: true} : {}),
	};
	const place = offline ? await (await import('./bootstrap-save.ts')).choosePlace(flags) : undefined;
	return withSession(given, {changes: flags.dryRun !== true, defaults: likeTheOriginal()}, async (session) => {
		const namespaces = scopeOf(flags, session);
		const group =
			flags.group === undefined && flags.file === undefined
				? undefined
				: await groupWish(flags, flags.namespace ?? session.namespace);
		const refs =
			group !== undefined
				? [group.ref]
				: flags.all === true
					? await session.entries(namespaces)
					: [...new Set(words.map((word) => parseTarget(word, flags.namespace ?? session.namespace)))];
		if (refs.length === 0) {
			say('There are no WorkloadEntry(s) to bootstrap');
			return exitCodes.done;
		}
		const wanted = {
			task: 'bootstrap' as const,
			prepare: false,
			force: flags.force === true,
			start: flags.startIstioProxy === true,
			...(await imageWish(flags)),
			...group?.wanted,
		};
		const {done: plans, failures} = partFailures(await session.attempt(refs, wanted));
		const planned = {plans, failures};
		if (flags.dryRun === true) return (await import('./bootstrap-dry-run.ts')).printDryRun(planned, flags.output);
		if (place === undefined) return overSsh(session, planned, given);
		const inFolders = flags.all === true || refs.length > 1;
		return (await import('./bootstrap-save.ts')).saveBundles(session, planned, place, {
			refs,
			inFolders,
			format: flags.output ?? 'text',
		});
	});
}

/** The namespaces of `--all`: named, or all (undefined), or the profile's, or that of the context, as in the original. */
function scopeOf(flags: BootstrapFlags, {profile, namespace}: Session): readonly string[] | undefined {
	if (flags.allNamespaces === true) return undefined;
	if (flags.namespace !== undefined) return [flags.namespace];
	const kept = profile.namespaces ?? [];
	return kept.length > 0 ? kept : [namespace];
}

/** The original logs in as the user who runs it; the other commands as the guide's `istio-proxy`. */
function likeTheOriginal(): Profile {
	try {
		return {sshUser: userInfo().username};
	} catch {
		// An account without a name, as in a container with any user id.
		return {};
	}
}

async function overSsh(session: Session, {plans, failures}: Planned, flags: BootstrapFlags): Promise<number> {
	const format = flags.output ?? 'text';
	const starts = flags.startIstioProxy === true;
	const shared = sharedVms(
		plans.map(({target}) => target),
		{onlyFiles: !starts},
	);
	const refused = [...shared].map(([ref, error]) => failureOf(ref, error));
	const failed = [...failures, ...refused];
	const ready = plans.filter(({target}) => !shared.has(target.ref));
	if (format === 'text') tellFailures(failed);
	if (ready.length > 0) {
		const title = ready.length === 1 ? 'Bootstrap this VM?' : `Bootstrap these ${ready.length} VMs?`;
		await consent(flags, () => printPlan(ready, process.stderr), title);
	} else if (format === 'text') {
		return exitCodeOf(failed.map(causeOf));
	}
	const code = await follow(session, format, () => session.runs.start(ready), true, failed);
	if (format === 'text' && !starts && code === exitCodes.done) {
		say('\nThe files are on the VM, and no proxy was started: the same command with --start-istio-proxy does it.');
	}
	return code;
}
