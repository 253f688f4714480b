import {parsePackageProbe} from '../../../vm/package-probe.ts';
import {type Procedure, perform} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {explainProxy} from '../verify/explain-proxy.ts';
import {packageProbe, stateOf} from './on-vm.ts';

/** A service that cannot run ends at once, and systemd waits ten seconds before it starts it again: it shows as activating. */
const watchSeconds = 2;

/** Is the service there, does it run, and does it stay so? */
export const serviceStep: Step = {
	id: 'verify.service',
	phase: 'verify',
	title: 'See that the service istio runs',
	plan: () => [],
	*run(context) {
		const before = yield* look(context);
		if (before === undefined || before.active === '') {
			const evidence = [{source: 'systemctl cat istio', text: 'no such unit'}];
			const summary = 'There is no service istio on the VM.';
			return stoppedBy(findingAbout(context, 'proxy.not-running', evidence, summary));
		}
		yield* perform({kind: 'wait', seconds: watchSeconds, why: 'Watching whether the service stays'});
		const after = (yield* look(context)) ?? before;
		if (after.active === 'active' && after.restarts === before.restarts) {
			return {status: 'succeeded', detail: `istio is ${after.active}, ${after.enabled}`};
		}
		const found = yield* explainProxy(context, [`systemd: ${stateOf(after)}`], 'proxy.not-running');
		return stoppedBy(found, {detail: `${found.summary} (${stateOf(after)})`});
	},
};

function* look({target}: StepContext): Procedure<ReturnType<typeof unitOf>> {
	return unitOf((yield* perform(packageProbe(target))).stdout);
}

function unitOf(output: string) {
	return parsePackageProbe(output)?.unit;
}
