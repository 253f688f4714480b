import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';

/** The kernel does not stop a program that no shell could continue: then we go on after this time, in milliseconds. */
const notStopped = 200;

/** Stops this process as ctrl+z does in other programs; resolves when the shell continues it (fg). */
export async function stopProcess(): Promise<void> {
	const {promise, resolve} = Promise.withResolvers<void>();
	process.once('SIGCONT', resolve);
	// The whole group, as the terminal itself would: npm or npx above us must stop too, else the shell would not notice.
	process.kill(0, 'SIGTSTP');
	await Promise.race([promise, sleep(notStopped)]);
	process.off('SIGCONT', resolve);
}
