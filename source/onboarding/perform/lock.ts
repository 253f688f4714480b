import {exitCodes, UserError} from '../../errors.ts';
import type {RemoteHost} from '../../ports.ts';
import {type LockAnswer, type LockHolder, lockCommand, parseLock, unlockCommand} from '../../vm/vm-lock.ts';

/** The lock of one run on its VM; see vm/vm-lock.ts. */
export type VmLock = {
	/** Asks for it on a connection, unless the run has it, or asks for it, on another. Answers as `answered` does. */
	take(host: RemoteHost): Promise<void>;
	/** Resolves once the run has the lock, or there is none to have, or none was asked for; rejects with UserError `vm-busy` when another run has it. */
	answered(): Promise<void>;
	/** True for the connection that the lock names: it must stay open. */
	isHeldBy(host: RemoteHost): boolean;
	/** Gives it back; never rejects. */
	release(): Promise<void>;
};

/** Seconds for the command, then for its undoing when nobody waits for more. */
const patience = 30;
const farewell = 2;

/** `places`: other directories on the VM than those of every account. */
export function createVmLock(run: string, holder: LockHolder, places?: readonly string[]): VmLock {
	let current: {readonly host: RemoteHost; readonly answer: Promise<LockAnswer>} | undefined;
	const answered = async () => {
		const asked = current;
		const answer = await asked?.answer;
		if (asked !== undefined && answer?.kind === 'held') throw busy(asked.host, answer);
	};
	return {
		answered,
		take(host) {
			if (current === undefined) {
				const mine = {host, answer: ask(host, lockCommand(run, holder, places))};
				current = mine;
				void host.closed.then(() => {
					if (current === mine) current = undefined;
				});
			}
			return answered();
		},
		isHeldBy: (host) => current?.host === host,
		async release() {
			const held = current;
			current = undefined;
			const answer = await held?.answer;
			if (answer?.kind !== 'locked') return;
			await held?.host.exec(unlockCommand(answer.file), {timeoutSeconds: farewell}).catch(() => undefined);
		},
	};
}

/** A command that does not come to its end has no answer: what is wrong with the connection is told by whatever else is done on it. */
async function ask(host: RemoteHost, command: string): Promise<LockAnswer> {
	try {
		const {stdout} = await host.exec(command, {timeoutSeconds: patience});
		return parseLock(stdout);
	} catch {
		return {kind: 'none'};
	}
}

function busy(host: RemoteHost, {account, connection, holder}: LockAnswer & {kind: 'held'}): UserError {
	const {by, pid, since, task} = holder;
	const who = `${by ?? `the account ${account}`}${pid === undefined ? '' : ` (process ${pid})`}`;
	const what = `${task ?? 'a run'}${since === undefined ? '' : ` since ${since}`}`;
	return new UserError({
		code: 'vm-busy',
		message: `The VM of ${host.description} is held by ${who}: ${what}. Two runs at once would undo each other's work, so nothing was changed.`,
		exitCode: exitCodes.someFailed,
		hint: `Try again when that run has ended. If its program is gone and its connection hangs, end it on the VM: sudo kill ${connection}`,
		evidence: [
			{source: `lock on ${host.description}`, text: `connection of ${account}, process ${connection} on the VM`},
		],
	});
}
