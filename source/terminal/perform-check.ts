import {failureOf, partFailures} from '../onboarding/failure.ts';
import type {Session} from '../onboarding/session.ts';
import {sharedVms} from '../onboarding/shared-vm.ts';
import type {Cockpit} from './cockpit.ts';
import type {Effect} from './state/effect.ts';
import type {MatrixState} from './state/matrix-state.ts';
import {runOf} from './state/see-checks.ts';

/** Tries the ways of some targets: again where that was done in this sitting, else from their plans. One that cannot be planned stops no other. */
export async function performCheck(
	{refs, ticket}: Effect & {kind: 'check'},
	session: Session,
	{change}: Pick<Cockpit, 'change'>,
): Promise<void> {
	const put = (part: Partial<MatrixState>) =>
		change((ui) => (ui.matrix.ticket === ticket ? {...ui, matrix: {...ui.matrix, loading: false, ...part}} : ui));
	try {
		const runs = session.runs.getSnapshot();
		const known = refs.flatMap((ref) => {
			const run = runOf(ref, {runs});
			return run?.options.task === 'check' ? [run] : [];
		});
		for (const {id, status} of known) if (status !== 'running') session.runs.retry(id);
		const others = refs.filter((ref) => known.every(({target}) => target !== ref));
		const all = await session.attempt(others, {task: 'check', prepare: false, force: false});
		const {done, failures} = partFailures(all);
		const shared = sharedVms(done.map(({target}) => target));
		const plans = done.filter(({target}) => !shared.has(target.ref));
		if (plans.length > 0) session.runs.start(plans);
		put({failed: [...failures, ...[...shared].map(([ref, error]) => failureOf(ref, error))]});
	} catch (error) {
		put({});
		throw error;
	}
}
