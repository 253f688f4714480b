import {quote} from './quote.ts';

/*
 * A package manager that is killed half-way leaves a machine to be repaired by hand. So it runs in a session of its own, with
 * its output in a file: it lives on when the connection is lost, a run is cancelled, or meshboard dies. What watches it
 * only reads that file, and can begin to watch at any time.
 */

/** Where an installation tells of itself: root's alone to write, gone after a reboot, which ends the installation too. */
const folder = '/run/meshboard';

/** The `sh -c …` (for sudo) that starts a command in a session of its own and returns at once. */
export function startJob(command: string): string {
	const job = `${command}; echo $? >apt.code.new; mv apt.code.new apt.code`;
	return `sh -c ${quote(
		[
			`umask 022; mkdir -p ${folder}; cd ${folder} || exit`,
			"trap '' HUP; rm -f apt.code; : >apt.log",
			`setsid sh -c ${quote(job)} >apt.log 2>&1 </dev/null &`,
			'echo $! >apt.pid',
		].join('\n'),
	)}`;
}

/** The `sh -c …` (for sudo) that shows a job's output from its beginning until it ends, and ends with its exit code; 70 when it vanished without one. */
export const followJob = `sh -c ${quote(
	[
		`cd ${folder} && read -r job <apt.pid || exit`,
		'shown=0',
		'while :; do',
		// First the state, then the output: so that nothing is missed.
		'  if [ -f apt.code ] || [ ! -d "/proc/$job" ]; then ended=yes; else ended=; fi',
		'  lines=$(wc -l <apt.log)',
		'  if [ "$lines" -gt "$shown" ]; then sed -n "$((shown + 1)),$((lines))p" apt.log; shown=$((lines)); fi',
		'  if [ -n "$ended" ]; then break; fi',
		// Fractions of a second are not POSIX.
		'  sleep 0.5 2>/dev/null || sleep 1',
		'done',
		'sed -n "$((shown + 1)),\\$p" apt.log',
		'if [ -f apt.code ]; then exit "$(cat apt.code)"; fi',
		"echo 'It was ended before it was done.'",
		'exit 70',
	].join('\n'),
)}`;

/** Says `yes` while a job goes on. */
export const jobRunning = `if [ -f ${folder}/apt.pid ] && [ ! -f ${folder}/apt.code ] && [ -d "/proc/$(cat ${folder}/apt.pid)" ]; then echo yes; fi`;
