import {keyFor} from '../../bindings.ts';
import type {Intent} from '../../intent.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {counted} from '../../text/counted.ts';
import {paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';

/** An empty list says why it is empty and what to do. */
export function emptyLines(ui: Ui, world: World, width: number): readonly Line[] {
	const {sentence, next} = words(ui, world);
	return [
		[],
		...paragraph([span('  ')], sentence, width),
		...next.flatMap((line) => paragraph([span('  ')], line, width, 'dim')),
	];
}

function words(ui: Ui, world: World): {readonly sentence: string; readonly next: readonly string[]} {
	const {fleet, link} = world;
	const key = (intent: Intent) => keyFor(intent, world.keymap);
	const {filter, namespace} = ui.fleet;
	if (namespace !== undefined && filter.text === '' && fleet.complete)
		return {
			sentence: `There is no WorkloadEntry in ${namespace}.`,
			next: [`:ns all shows every namespace; ${key('create')} creates an entry.`],
		};
	if (fleet.rows.length > 0)
		return {
			sentence: `Nothing matches "${filter.text}" among ${counted(fleet.rows.length, 'entry', 'entries')}.`,
			next: [`esc clears the filter, ${key('help')} shows how filters are written.`],
		};
	if (fleet.state.kind === 'denied')
		return {
			sentence: `The entries may not be listed: ${fleet.state.reason}`,
			next: [
				`Name the namespaces that you may list: meshboard -n NAMESPACE, or namespaces in the profile (${key('profiles')}).`,
			],
		};
	if (fleet.state.kind === 'stale')
		return {
			sentence: `The entries cannot be read now: ${fleet.state.reason}`,
			next: [
				...(fleet.state.error?.hint === undefined ? [] : [fleet.state.error.hint]),
				`It is tried again and again. ${elsewhere(key)}`,
			],
		};
	if (!fleet.complete) return {sentence: 'Reading the entries…', next: []};
	const scope = link.kind === 'ready' && link.namespaces.length > 0 ? link.namespaces.join(', ') : 'any namespace';
	return {
		sentence: `There is no WorkloadEntry in ${scope} of ${link.context}.`,
		next: [
			`An entry stands for a VM: ${key('create')} creates one, as kubectl apply -f workload-entry.yaml does; it appears here at once.`,
			`Another namespace: :ns NAME. ${elsewhere(key)}`,
		],
	};
}

function elsewhere(key: (intent: Intent) => string): string {
	return `Another cluster: :ctx NAME, or ${key('profiles')} (profiles). A try without a cluster: meshboard demo.`;
}
