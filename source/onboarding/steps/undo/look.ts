import {parseRecordProbe, recordProbeCommand} from '../../../vm/undo/record-probe.ts';
import {recordedWords} from '../../../vm/undo/recorded-words.ts';
import {perform} from '../../action.ts';
import type {Step} from '../../step.ts';
import {accountOf, unreadable} from '../prepare/as-admin.ts';

/** Reads what meshboard did on this VM. While the proxy is there it is needed, so that nothing is taken back. */
export const lookStep: Step = {
	id: 'prepare.undo-look',
	phase: 'prepare',
	title: 'Read what was done on this VM',
	plan: () => [],
	foresee: ({facts: {foreseen}}) => (foreseen === undefined ? [] : [foreseen]),
	*run({target}) {
		const {containerName, runtime} = target;
		const command = recordProbeCommand(containerName.value, runtime.value, accountOf(target));
		const result = yield* perform({kind: 'exec', as: 'admin', sudo: true, command, changes: false});
		const found = parseRecordProbe(result.stdout);
		if (found === undefined) throw unreadable(result);
		if (found.container !== '') {
			return {
				status: 'failed',
				detail: `The container ${containerName.value} is on the VM and needs what was prepared: take it away first, with meshboard offboard ${target.ref}`,
			};
		}
		const {lines} = found;
		const detail =
			lines.length === 0
				? 'nothing that meshboard did is recorded on this VM'
				: `${lines.length} things: ${lines.slice(0, 8).map(recordedWords).join(', ')}${lines.length > 8 ? ', …' : ''}`;
		return {status: 'succeeded', detail, facts: {recorded: lines}};
	},
};
