import type {Key} from './input/split-keys.ts';
import type {Intent} from './intent.ts';
import type {Area, Binding} from './keymap.ts';
import type {Ui} from './state/ui.ts';
import type {World} from './state/world.ts';

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
