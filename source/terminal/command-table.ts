import {entryOf, groupings} from '../fleet/groups.ts';
import {sortColumns} from '../fleet/order.ts';
import {refOf, type TargetRef} from '../mesh/workload-entry.ts';
import type {Task} from '../onboarding/event.ts';
import {noRunsYet, readOnlyReason} from './bindings.ts';
import {emptyField} from './input/text-field.ts';
import type {Intent} from './intent.ts';
import {noSetUpNow} from './set-up-keys.ts';
import {chooseContext, chooseNamespace} from './state/choose-cluster.ts';
import {kinds} from './state/create-form.ts';
import {findEntries} from './state/find-entries.ts';
import {checkNow} from './state/open-matrix.ts';
import {openCreate} from './state/reduce-create.ts';
import {openDoctor} from './state/reduce-doctor.ts';
import {arrange, chosenRefs, itemUnder, planTask} from './state/reduce-fleet.ts';
import {chooseProfile} from './state/reduce-profiles.ts';
import {openSetUp} from './state/reduce-set-up.ts';
import {seekEntry} from './state/seek-entry.ts';
import {type FleetState, goTo, just, type Step, say, type Ui} from './state/ui.ts';
import type {World} from './state/world.ts';

/** What a command takes after its name. */
type Argument = {
	/** As it is written for people: `NAME|all`, in brackets where it may be left out. */
	readonly shown: string;
	readonly least: number;
	readonly most: number;
	/** What fits, for completion. */
	readonly offers: (world: World, ui: Ui) => readonly string[];
};

/** A command of the command line: `:`, the help, the completion and docs/keys.md are made of these. */
export type Command = {
	/** The first is its name, the others are short for it. */
	readonly names: readonly [string, ...string[]];
	readonly words: string;
	readonly argument?: Argument;
	/** True where it needs no session. */
	readonly always?: true;
	/** A key's meaning, or what is done with the words after the name. */
	readonly does: Intent | ((ui: Ui, world: World, words: readonly string[]) => Step);
};

/** Nothing in the list is hidden. */
const unhidden = (fleet: FleetState): FleetState => ({
	...fleet,
	filter: emptyField,
	namespace: undefined,
	folded: new Set(),
});
const unique = (words: readonly string[]) => [...new Set(words)];
const entries: Argument = {
	shown: '[ENTRY…]',
	least: 0,
	most: Number.POSITIVE_INFINITY,
	offers: (world) => world.fleet.rows.map(({ref}) => ref),
};
/** A context may have blanks in its name. */
const contextName = (offers: Argument['offers']): Argument => ({
	shown: 'NAME',
	least: 1,
	most: Number.POSITIVE_INFINITY,
	offers,
});
const one = (shown: string, least: 0 | 1, offers: Argument['offers']): Argument => ({shown, least, most: 1, offers});

/** Something for the entries that are named, else for those that its key would be for. */
function ofEntries(
	begin: (ui: Ui, refs: readonly TargetRef[]) => Step,
	words: string,
	...names: Command['names']
): Command {
	return {
		names,
		words,
		argument: entries,
		does(ui, world, named) {
			if (named.length === 0) return begin(ui, chosenRefs(ui, world));
			const found = findEntries(named, world);
			return 'problem' in found ? just(say(ui, found.problem, 'warn')) : begin(ui, found.refs);
		},
	};
}

/** A program in the foreground for one entry. */
function ofOne(kind: 'edit-entry' | 'open-shell', words: string, ...names: Command['names']): Command {
	return {
		names,
		words,
		argument: one('[ENTRY]', 0, entries.offers),
		does(ui, world, named) {
			if (world.readOnly) return just(say(ui, readOnlyReason, 'warn'));
			const under = entryOf(itemUnder(ui, world));
			const found = named.length === 0 ? {refs: under === undefined ? [] : [refOf(under)]} : findEntries(named, world);
			if ('problem' in found) return just(say(ui, found.problem, 'warn'));
			const [ref] = found.refs;
			return ref === undefined
				? just(say(ui, 'There is no entry under the cursor.', 'warn'))
				: {ui, effects: [{kind, ref}]};
		},
	};
}

function ofTask(task: Task, words: string, ...names: Command['names']): Command {
	return ofEntries((ui, refs) => planTask(ui, task, refs), words, ...names);
}

/** Every command of the command line. */
export const commands: readonly Command[] = [
	{
		names: ['ctx', 'context'],
		words: 'another context of the kubeconfig, or a profile, for this sitting',
		argument: contextName(({contexts, profiles}) => unique([...contexts, ...profiles.map(({name}) => name)])),
		always: true,
		does: (ui, world, words) => chooseContext(ui, world, words.join(' ')),
	},
	{
		names: ['ns', 'namespace'],
		words: 'the entries of one namespace, or of all',
		argument: one('NAME|all', 1, ({fleet, link}) =>
			unique([
				'all',
				...(link.kind === 'ready' ? link.namespaces : []),
				...fleet.rows.map(({entry}) => entry.namespace),
			]),
		),
		does: (ui, world, [name = '']) => chooseNamespace(ui, world, name),
	},
	{names: ['fleet'], words: 'the entries', does: (ui) => just(goTo(ui, 'fleet'))},
	{
		names: ['entry'],
		words: 'one entry, with its details',
		argument: one('ENTRY', 1, entries.offers),
		does(ui, world, named) {
			const found = findEntries(named, world);
			if ('problem' in found) return just(say(ui, found.problem, 'warn'));
			const shown = {...goTo(ui, 'fleet'), fleet: unhidden(ui.fleet)};
			return just(seekEntry(shown, found.refs[0] ?? '', world) ?? shown);
		},
	},
	{
		names: ['sort'],
		words: 'the entries by a column; once more: the other way round',
		argument: one('COLUMN|none', 1, () => [...sortColumns, 'none']),
		does(ui, _, [word]) {
			const column = sortColumns.find((each) => each === word);
			if (column === undefined && word !== 'none')
				return just(say(ui, `The entries are sorted by ${sortColumns.join(', ')} or none.`, 'warn'));
			const {order} = ui.fleet;
			const descending = order?.column === column && order?.descending === false;
			return arrange(goTo(ui, 'fleet'), {order: column === undefined ? undefined : {column, descending}});
		},
	},
	{
		names: ['group'],
		words: 'the entries under headings',
		argument: one('BY|none', 1, () => [...groupings, 'none']),
		does(ui, _, [word]) {
			const grouping = groupings.find((each) => each === word);
			if (grouping === undefined && word !== 'none')
				return just(say(ui, `The entries are grouped by ${groupings.join(', ')} or none.`, 'warn'));
			return arrange(goTo(ui, 'fleet'), {grouping});
		},
	},
	{
		names: ['runs'],
		words: 'the runs of this sitting',
		does: (ui, world) =>
			world.runs.length === 0 ? just(say(ui, noRunsYet(world.keymap), 'warn')) : just(goTo(ui, 'runs')),
	},
	{
		names: ['resume'],
		words: 'runs of an earlier sitting that were broken off',
		does: (ui, world) =>
			world.broken.length === 0 ? just(say(ui, 'No run was broken off.', 'warn')) : just(goTo(ui, 'broken')),
	},
	ofOne('edit-entry', 'edit an entry with $EDITOR', 'edit'),
	ofOne('open-shell', 'a shell on the VM, by the system’s ssh', 'ssh', 'shell'),
	ofTask('onboard', 'plan an onboarding', 'onboard'),
	ofTask('check', 'plan a check, with the firewall matrix', 'check'),
	ofEntries(checkNow, 'the firewall matrix, at once', 'matrix'),
	ofTask('verify', 'plan the proof that VMs are in the mesh', 'verify'),
	ofEntries(openDoctor, 'why proxies are stuck', 'doctor'),
	ofTask('renew', 'plan new tokens', 'renew'),
	ofTask('offboard', 'plan an offboarding', 'offboard'),
	{
		names: ['create'],
		words: 'make an object',
		argument: one(`[${kinds.join('|')}]`, 0, () => kinds),
		does(ui, world, [word]) {
			const kind = kinds.find((each) => each === word);
			if (word !== undefined && kind === undefined)
				return just(say(ui, `:create makes ${kinds.join(', ')}, not ${JSON.stringify(word)}.`, 'warn'));
			return openCreate(goTo(ui, 'fleet'), world, entryOf(itemUnder(ui, world)), kind);
		},
	},
	{
		names: ['profiles', 'profile'],
		words: 'the profiles, or use one',
		argument: one('[NAME]', 0, ({profiles}) => profiles.map(({name}) => name)),
		always: true,
		does(ui, world, [name]) {
			if (name === undefined) return just(goTo(ui, 'profiles'));
			if (world.profiles.some((profile) => profile.name === name)) return chooseProfile(ui, name, world);
			return just(say(ui, `There is no profile ${JSON.stringify(name)}: :profiles shows which there are.`, 'warn'));
		},
	},
	{
		names: ['setup', 'set-up'],
		words: 'look for clusters and SSH keys here, ask, and save the profile',
		always: true,
		does: (ui, world) => {
			const reason = noSetUpNow(ui, world);
			return reason === undefined ? openSetUp(ui) : just(say(ui, reason, 'warn'));
		},
	},
	{names: ['help', 'h'], words: 'the keys of this screen', always: true, does: 'help'},
	{names: ['quit', 'q'], words: 'leave (asks while runs are under way)', always: true, does: 'quit'},
];

/** How a command is written: `:ns NAME|all`. */
export function usageOf({names: [name], argument}: Command): string {
	return argument === undefined ? `:${name}` : `:${name} ${argument.shown}`;
}
