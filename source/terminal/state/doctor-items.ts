import type {Finding} from '../../diagnosis/finding.ts';
import {type Case, groupCauses} from '../../diagnosis/group-causes.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Examined} from '../../onboarding/doctor/examination.ts';
import type {MergedLine} from '../../onboarding/doctor/merge-logs.ts';
import type {DoctorState, LogFilter} from './doctor-state.ts';
import type {Ui} from './ui.ts';
import type {World} from './world.ts';

/** A line of the list: a cause with those that have it, or what was not checked. */
export type DoctorItem =
	| {readonly kind: 'cause'; readonly key: string; readonly cases: readonly [Case, ...Case[]]}
	| {
			readonly kind: 'open';
			readonly key: 'open';
			readonly checks: ReadonlyArray<{readonly target: TargetRef; readonly title: string; readonly detail: string}>;
	  };

/** What is known of the proxies that are looked at, in their order. */
export function examinedOf({doctor}: Pick<Ui, 'doctor'>, {examined}: Pick<World, 'examined'>): readonly Examined[] {
	return doctor.refs.flatMap((ref) => examined.get(ref) ?? []);
}

let last: {refs: readonly TargetRef[]; examined: World['examined']; items: readonly DoctorItem[]} | undefined;

/** The list: every cause once, the worst first, then what was not checked; reckoned once for each news. */
export function doctorItems(ui: Pick<Ui, 'doctor'>, world: Pick<World, 'examined'>): readonly DoctorItem[] {
	const {refs} = ui.doctor;
	if (last?.refs === refs && last.examined === world.examined) return last.items;
	const all = examinedOf(ui, world);
	const causes = groupCauses(all).map((cases): DoctorItem => ({kind: 'cause', key: cases[0].found.id, cases}));
	const checks = all.flatMap(({target, checks: own}) =>
		own.filter(({outcome}) => outcome === 'not-done').map(({title, detail}) => ({target, title, detail})),
	);
	const items: readonly DoctorItem[] = checks.length === 0 ? causes : [...causes, {kind: 'open', key: 'open', checks}];
	last = {refs, examined: world.examined, items};
	return items;
}

/** The item under the cursor. */
export function itemInFocus(ui: Ui, world: World): DoctorItem | undefined {
	const items = doctorItems(ui, world);
	const {list} = ui.doctor;
	if (list.key === undefined) return items[0];
	return items.find(({key}) => key === list.key) ?? items[Math.min(list.index, items.length - 1)];
}

/** The finding whose command `y` copies: the first with one. */
export function remedyInFocus(ui: Ui, world: World): Finding['remedy'] | undefined {
	const item = itemInFocus(ui, world);
	return item?.kind === 'cause' ? item.cases[0].found.remedy : undefined;
}

/** The cases of the cause under the cursor that meshboard can mend. */
export function fixableInFocus(ui: Ui, world: World): readonly Case[] {
	const item = itemInFocus(ui, world);
	return item?.kind === 'cause' ? item.cases.filter(({found}) => found.fixable === true) : [];
}

/** The proxy that is shown. */
export function proxyInFocus(ui: Ui, world: World): Examined | undefined {
	const {focus, refs} = ui.doctor;
	return world.examined.get(focus ?? refs[0] ?? '');
}

const levels = ['', 'info', 'warn', 'error'] as const;
const rank = {'': 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 5} as const;

/** The level after this one, from all lines up to errors, and around. */
export function nextLevel({level}: LogFilter): LogFilter['level'] {
	return levels[((levels as readonly string[]).indexOf(level) + 1) % levels.length] ?? '';
}

/** The scope after this one among those of the lines; after the last, all. */
export function nextScope({scope}: LogFilter, lines: readonly MergedLine[]): string {
	const scopes = ['', ...new Set(lines.map((line) => line.scope).filter(Boolean))].toSorted();
	return scopes[(scopes.indexOf(scope) + 1) % scopes.length] ?? '';
}

let filtered: {lines: readonly MergedLine[]; words: string; shown: readonly MergedLine[]} | undefined;

/** The lines that a filter lets through. A line without a level (a panic) is let through by every level. */
function shownLog(lines: readonly MergedLine[], {level, scope, text}: LogFilter): readonly MergedLine[] {
	const words = JSON.stringify([level, scope, text.text]);
	if (filtered?.lines === lines && filtered.words === words) return filtered.shown;
	const wanted = text.text.toLowerCase();
	const shown = lines.filter(
		(line) =>
			(line.level === '' || rank[line.level] >= rank[level]) &&
			(scope === '' || line.scope === scope) &&
			(wanted === '' || `${line.from} ${line.scope} ${line.message}`.toLowerCase().includes(wanted)),
	);
	filtered = {lines, words, shown};
	return shown;
}

/** The log of the proxy that is shown, through the filter. */
export function logInFocus(ui: Ui, world: World): readonly MergedLine[] {
	return shownLog(proxyInFocus(ui, world)?.view?.log.lines ?? [], ui.doctor.filter);
}

/** Why there is no other VM to go to. */
export function noOther({doctor}: {readonly doctor: DoctorState}): string | undefined {
	return doctor.refs.length < 2 ? 'Only one VM is looked at.' : undefined;
}
