import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openBoard, openDemo, openProfiles, openSession} from '../compose.ts';
import {exitCodes} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Session} from '../onboarding/session.ts';
import {atSignals} from './at-signals.ts';
import {flagsAsProfile, type GlobalFlags} from './flags.ts';
import {follow} from './follow.ts';
import {looksOf} from './looks.ts';
import type {OutputFormat} from './output-format.ts';
import {version} from './version.ts';

/**
 * `meshboard demo`: the same application on the sandbox's cluster and VMs, with profiles and journals in a folder of its own that goes with it.
 * Without a terminal it onboards every VM of the sandbox as text.
 */
export async function demo(flags: GlobalFlags & {output?: OutputFormat}): Promise<number> {
	const looks = looksOf(flags, process.env, {});
	const directory = mkdtempSync(join(tmpdir(), 'meshboard-demo-'));
	// However the program is left: a second interrupt leaves at once.
	process.once('exit', () => rmSync(directory, {recursive: true, force: true}));
	// While nothing is under way, a signal ends the program as it always does, but the folder goes too.
	const leaveAtSignals = () => atSignals((code) => process.exit(code));
	let stopLeaving = leaveAtSignals();
	const env = {...process.env, XDG_CONFIG_HOME: join(directory, 'config'), XDG_STATE_HOME: join(directory, 'state')};
	const sandbox = await openDemo(directory);
	try {
		const profiles = openProfiles(env);
		profiles.save('demo', sandbox.profile);
		profiles.use('demo');
		const options = {
			env,
			profileName: 'demo',
			profile: sandbox.profile,
			flags: flagsAsProfile({readOnly: flags.readOnly}),
		};
		if (process.stdin.isTTY && process.stdout.isTTY) {
			stopLeaving();
			const ended = await openBoard(options, profiles, {version, kept: false, looks, tour: {stuck: sandbox.stuck}});
			return ended === 'demo' ? exitCodes.done : ended;
		}
		const session = await openSession(options, profiles);
		try {
			const plans = await session.plan(await targetsOf(session), {task: 'onboard', prepare: true, force: false});
			stopLeaving();
			const code = await follow(session, flags.output ?? 'text', () => session.runs.start(plans), false);
			// A second interrupt may come when the first has ended all runs already.
			stopLeaving = leaveAtSignals();
			return code;
		} finally {
			await session.close();
		}
	} finally {
		await sandbox.close();
		stopLeaving();
	}
}

/** Every entry of the sandbox, as soon as the list is there. */
function targetsOf({fleet}: Session): Promise<readonly TargetRef[]> {
	return new Promise((resolve) => {
		const look = () => {
			const {complete, rows} = fleet.getSnapshot();
			if (!complete) return;
			unsubscribe();
			resolve(rows.map(({ref}) => ref));
		};
		const unsubscribe = fleet.subscribe(look);
	});
}
