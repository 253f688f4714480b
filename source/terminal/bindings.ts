import type {Key} from './input/split-keys.ts';
import type {Intent} from './intent.ts';
import type {Ui} from './state/ui.ts';
import type {World} from './state/world.ts';

/** A part of the screens in which keys have a meaning. What is more special goes first (focus.ts). */
export type Area =
	| 'everywhere'
	| 'screens'
	| 'lists'
	| 'fleet'
	| 'detail'
	| 'filter'
	| 'command'
	| 'plan'
	| 'plan-onboard'
	| 'plan-renew'
	| 'plan-offboard'
	| 'runs'
	| 'output'
	| 'zoom'
	| 'search'
	| 'run'
	| 'matrix'
	| 'doctor'
	| 'doctor-search'
	| 'profiles'
	| 'form'
	| 'set-up'
	| 'set-up-account'
	| 'broken'
	| 'create'
	| 'create-form'
	| 'create-choices'
	| 'create-yaml'
	| 'create-wait'
	| 'create-review'
	| 'create-refused'
	| 'edit'
	| 'edit-refused'
	| 'help'
	| 'start'
	| 'confirm'
	| 'typed'
	| 'question'
	| 'secret';

/**
 * One meaning of a key. The footer, the help, docs/keys.md and read-only mode are made of these. Keys that are pressed one after the other
 * are written with a blank between them: `g g`.
 * `footer`: shown at the bottom, lower numbers first. `dangerous`: changes VMs or the cluster (a check does not), refused in read-only mode.
 * `whyNot`: the sentence that answers the key when it cannot be used now.
 */
export type Binding = {
	readonly intent: Intent;
	readonly keys: readonly Key[];
	readonly words: string;
	readonly where: Area;
	readonly footer?: number;
	readonly dangerous?: boolean | ((ui: Ui, world: World) => boolean);
	readonly whyNot?: (ui: Ui, world: World) => string | undefined;
};

/** What keys that were pressed one after the other mean: a binding, the beginning of a chord (`g` of `g g`), or nothing. */
export type Meaning = Binding | 'begun' | undefined;

/** The meaning of keys where the focus is: areas in order, the most special first. A key of its own goes before a chord that begins with it. */
export function meaningOf(keys: readonly Key[], areas: readonly Area[], table: readonly Binding[]): Meaning {
	const pressed = keys.join(' ');
	for (const area of areas) {
		const found = table.find((binding) => binding.where === area && binding.keys.includes(pressed));
		if (found !== undefined) return found;
	}
	return bindingsAfter(keys, areas, table).length > 0 ? 'begun' : undefined;
}

/** The bindings whose chord begins with these keys. */
export function bindingsAfter(
	keys: readonly Key[],
	areas: readonly Area[],
	table: readonly Binding[],
): readonly Binding[] {
	const begun = `${keys.join(' ')} `;
	return areas.flatMap((area) =>
		table.filter((binding) => binding.where === area && binding.keys.some((key) => key.startsWith(begun))),
	);
}

/** The bindings of some areas, in their order, without those whose every key means something more special. */
export function bindingsIn(areas: readonly Area[], table: readonly Binding[]): readonly Binding[] {
	const leadsTo = (key: Key, binding: Binding) => {
		const [first = '', ...more] = key.split(' ');
		return (
			meaningOf([key], areas, table) === binding && (more.length === 0 || meaningOf([first], areas, table) === 'begun')
		);
	};
	return areas.flatMap((area) =>
		table.filter((binding) => binding.where === area && binding.keys.some((key) => leadsTo(key, binding))),
	);
}

export const readOnlyReason =
	'Read-only: nothing on VMs or the cluster is changed. Start without --read-only, or change readOnly in the profile.';

/** Why a binding cannot be used now, as a sentence; undefined when it can. */
export function reasonAgainst(binding: Binding, ui: Ui, world: World): string | undefined {
	const {dangerous = false} = binding;
	if (world.readOnly && (typeof dangerous === 'function' ? dangerous(ui, world) : dangerous)) return readOnlyReason;
	return binding.whyNot?.(ui, world);
}

/** The first key of an action, as people write it, for sentences that tell what to press. */
export function keyFor(intent: Intent, table: readonly Binding[]): string {
	return (table.find((binding) => binding.intent === intent)?.keys[0] ?? '').replaceAll(' ', '');
}

/** What to do where there is no run. */
export function noRunsYet(table: readonly Binding[]): string {
	return `No runs yet: mark entries with ${keyFor('fleet.mark', table)}, then ${keyFor('fleet.onboard', table)}.`;
}
