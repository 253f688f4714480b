import {readableSeconds} from '../../../output/readable-seconds.ts';
import type {ExecResult} from '../../../ports.ts';
import {followJob, startJob} from '../../../vm/package-job.ts';
import {lockedBy} from '../../../vm/package-lock.ts';
import {type Exec, type Procedure, perform} from '../../action.ts';
import {asRoot} from './as-admin.ts';

/** How the package manager ended, with what it said. `timedOut`: it has not ended yet, and goes on. */
export type PackageEnd = {
	readonly code: number | undefined;
	readonly text: string;
	readonly timedOut: boolean;
	/** For whom it had to wait, and how long, in words. */
	readonly waited?: string;
};

// Seconds: an installation over a slow line is worth waiting for.
const patience = 1800;
const lockPause = 5;
const lockAttempts = 180;

/** Starts a package manager's command that outlives the connection. */
export function startPackages(command: string): Exec {
	return asRoot(startJob(command));
}

/** Refreshes the package lists; it harms nothing when it breaks off. */
export function update(command: string): Exec {
	return asRoot(command, {timeoutSeconds: patience});
}

/** Waits for the package manager that is at work, showing its output from the beginning. */
export function* followPackages(): Procedure<PackageEnd> {
	const result = yield* perform(asRoot(followJob, {changes: false, timeoutSeconds: patience}));
	return endOf(result);
}

/**
 * Runs a package manager's command, as a job that outlives the connection or as the `direct` action given. While another one
 * holds the lock (a new machine upgrades itself), it is tried again, for a quarter of an hour; for whom it waits is told.
 */
export function* runPackages(command: string, direct?: Exec): Procedure<PackageEnd> {
	let waitedFor = '';
	for (let attempt = 1; ; attempt++) {
		const end = direct === undefined ? yield* runJob(command) : endOf(yield* perform(direct));
		const holder = end.code === 0 || end.timedOut ? undefined : lockedBy(end.text);
		const seconds = (attempt - 1) * lockPause;
		if (holder === undefined || attempt === lockAttempts) {
			return waitedFor === '' ? end : {...end, waited: `waited ${readableSeconds(seconds)} for ${waitedFor}`};
		}
		waitedFor = holder;
		yield* perform({kind: 'wait', seconds: lockPause, why: `${holder} is at work on the VM's packages`, told: true});
	}
}

function* runJob(command: string): Procedure<PackageEnd> {
	const started = yield* perform(startPackages(command));
	return started.code === 0 ? yield* followPackages() : endOf(started);
}

function endOf(result: ExecResult): PackageEnd {
	return {
		code: result.code,
		text: `${result.stdout}\n${result.stderr}`,
		timedOut: result.ended === 'timed-out',
	};
}
