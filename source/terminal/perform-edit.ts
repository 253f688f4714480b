import {bareObject} from '../mesh/bare-object.ts';
import {toYaml} from '../mesh/yaml.ts';
import type {Edit} from '../onboarding/objects/edit.ts';
import type {Session} from '../onboarding/session.ts';
import type {Cockpit} from './cockpit.ts';
import {problemOf} from './problem-of.ts';
import type {EditState} from './state/edit-state.ts';
import type {Effect} from './state/effect.ts';
import {leaveEdit} from './state/reduce-edit.ts';
import {open, say} from './state/ui.ts';

/** What the keys of one entry in the foreground ask for. */
export type EditEffect = Extract<Effect, {kind: 'edit-entry' | 'apply-edit' | 'open-shell'}>;

const head =
	'# Save and leave: what would change is shown before anything is applied. An emptied file changes nothing.\n';

/** Does what such a key asked for. Rejects with the fault, which the controller tells. */
export async function performEdit(effect: EditEffect, session: Session, cockpit: Cockpit): Promise<void> {
	switch (effect.kind) {
		case 'edit-entry':
			return editEntry(effect, session, cockpit);
		case 'apply-edit':
			return apply(effect, session, cockpit);
		case 'open-shell': {
			const command = await session.shell(effect.ref);
			const {foreground} = cockpit.options;
			let code = 0;
			await cockpit.suspend(async () => {
				code = await foreground.shell(command);
			});
			cockpit.change((ui) =>
				code === 255
					? say(ui, `ssh could not connect to the VM of ${effect.ref}, or lost it.`, 'warn')
					: say(ui, `Back from the VM of ${effect.ref}.`, 'good'),
			);
		}
	}
}

async function editEntry(
	{ref, text}: Effect & {kind: 'edit-entry'},
	{create}: Session,
	cockpit: Cockpit,
): Promise<void> {
	const before = await create.read(ref);
	const shown = head + toYaml(bareObject(before));
	let edited: string | undefined;
	await cockpit.suspend(async () => {
		edited = await cockpit.options.foreground.edit(`${ref}.yaml`, text ?? shown);
	});
	if (edited === undefined || edited === shown)
		return cockpit.change((ui) => say(leaveEdit(ui), 'Nothing was changed.'));
	const edit: Edit = {before, text: edited};
	const begun: EditState = {ref, edit, stage: {kind: 'checking'}, top: 0};
	const put = (stage: EditState['stage']) =>
		cockpit.change((ui) => (ui.edit?.edit === edit ? {...ui, edit: {...ui.edit, stage}} : ui));
	cockpit.change((ui) => open({...ui, edit: begun}, 'edit'));
	try {
		put({kind: 'review', rehearsal: await create.rehearseEdit(edit)});
	} catch (error) {
		put({kind: 'refused', problem: problemOf(error)});
	}
}

async function apply({ref, edit}: Effect & {kind: 'apply-edit'}, {create}: Session, {change}: Cockpit): Promise<void> {
	try {
		await create.applyEdit(edit);
		change((ui) => {
			const left = ui.edit?.edit === edit ? leaveEdit(ui) : ui;
			return say(left, `Changed ${ref}.`, 'good');
		});
	} catch (error) {
		const problem = problemOf(error);
		change((ui) => (ui.edit?.edit === edit ? {...ui, edit: {...ui.edit, stage: {kind: 'refused', problem}}} : ui));
	}
}
