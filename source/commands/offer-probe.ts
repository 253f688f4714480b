import {checkResult} from '../onboarding/check-result.ts';
import {describeAction} from '../onboarding/describe.ts';
import type {Wanted} from '../onboarding/event.ts';
import {partFailures} from '../onboarding/failure.ts';
import {lastRuns} from '../onboarding/last-runs.ts';
import type {Session} from '../onboarding/session.ts';
import {askAtTerminal, atTerminal} from './ask.ts';

/**
 * At a terminal, where no pod of the mesh could dial a VM: shows the pod that would be started, asks, and checks those VMs once more from there.
 * Without a terminal, on a read-only profile, or when the answer is no, nothing is done.
 */
export async function offerProbe(session: Session, wanted: Wanted, signal: AbortSignal): Promise<void> {
	if (!atTerminal() || session.profile.readOnly === true) return;
	const lacking = lastRuns(session.runs).filter((run) =>
		checkResult(run).checks.some(({id, result}) => id.startsWith('inbound-') && result === 'not-done'),
	);
	if (lacking.length === 0) return;
	const again = await session.attempt(
		lacking.map(({target}) => target),
		{...wanted, probe: true},
	);
	const {done: plans} = partFailures(again);
	const words = plans.flatMap(({target, steps}) =>
		steps.flatMap(({actions}) =>
			actions.filter(({kind}) => kind === 'probe-pod').map((action) => describeAction(action, target)),
		),
	);
	if (words.length === 0) return;
	const detail = [...new Set(words)].map((line) => `  ${line}`).join('\n');
	const title = words.length === 1 ? 'Start this pod for the test?' : 'Start these pods for the test?';
	const agreed = await askAtTerminal({kind: 'confirm', id: title, title, detail});
	if (agreed === undefined || signal.aborted) return;
	session.runs.start(plans);
	await session.runs.settled();
}
