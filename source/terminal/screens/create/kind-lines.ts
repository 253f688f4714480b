import {type BuilderName, builders} from '../../../mesh/build/builders.ts';
import {refOf} from '../../../mesh/workload-entry.ts';
import {kinds} from '../../state/create-form.ts';
import type {CreateState} from '../../state/create-state.ts';
import {listOf, locate} from '../../state/list-state.ts';
import {paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {padTo} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

const meanings: Readonly<Record<BuilderName, string>> = {
	entry: 'stands for a VM in the mesh: where it is and whose identity it has',
	sidecar: 'says on which ports a VM without iptables is called, and calls others',
	service: 'is the name under which pods call the VM',
	group: 'is the template of entries that register themselves',
};

/** The kinds of object that can be made, and for which entry. */
export function kindLines(create: CreateState, glyphs: Glyphs, width: number): readonly Line[] {
	const {index} = locate(
		create.list,
		listOf(kinds, (kind) => kind),
		kinds.length,
	);
	const {entry} = create;
	return [
		[],
		...kinds.flatMap((kind, at) => {
			const cursor = at === index;
			const about = entry !== undefined && (kind === 'sidecar' || kind === 'service') ? ` For ${refOf(entry)}.` : '';
			const head = padTo(`${cursor ? glyphs.cursor : ' '} ${builders[kind].kind}`, 16);
			return paragraph([span(head, cursor ? 'accent' : 'title')], `${meanings[kind]}.${about}`, width - 1);
		}),
	];
}
