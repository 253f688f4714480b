import type {Finding} from '../../diagnosis/finding.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import {listOf, locate} from './list-state.ts';
import type {MatrixState, SeenWay} from './matrix-state.ts';
import {runOf} from './see-checks.ts';
import type {Ui} from './ui.ts';
import type {World} from './world.ts';

/** A line of the matrix that the cursor can be on: a way of a VM, or a VM of which no way could be tried. */
export type MatrixRow = {readonly key: string; readonly target: TargetRef; readonly findings: readonly Finding[]} & (
	| {readonly kind: 'way'; readonly from: string; readonly way: SeenWay}
	| {readonly kind: 'none'; readonly words: string}
);

/** Every row, VM by VM, in the order in which the ways begin. */
export function matrixRows({matrix}: Pick<Ui, 'matrix'>, world: Pick<World, 'runs'>): readonly MatrixRow[] {
	return matrix.refs.flatMap((target) => rowsOf(target, matrix, world));
}

function rowsOf(target: TargetRef, matrix: MatrixState, world: Pick<World, 'runs'>): readonly MatrixRow[] {
	const seen = matrix.seen.get(target);
	const findings = seen?.findings ?? [];
	const ways = seen?.ways ?? [];
	if (ways.length > 0)
		return ways.map((way) => ({
			kind: 'way',
			key: `${target} ${way.check.id}`,
			target,
			findings,
			from: way.check.from ?? '',
			way,
		}));
	const failure = matrix.failed.find(({ref}) => ref === target);
	const run = runOf(target, world);
	const told = failure?.findings ?? findings;
	const stopped = run?.steps.find(({state}) => state === 'failed')?.detail;
	const [first] = told;
	const words =
		failure === undefined && run === undefined
			? matrix.loading
				? 'reading the objects'
				: 'no way was tried yet'
			: run?.status === 'running'
				? 'the ways are being tried'
				: (first?.summary ?? stopped ?? 'no way was tried');
	return [{kind: 'none', key: target, target, findings: told, words}];
}

/** Is a row the first of its VM, which has a line of its own above it? */
export function beginsVm(rows: readonly MatrixRow[], index: number): boolean {
	return rows[index]?.target !== rows[index - 1]?.target;
}

/** Is a row the first of those that begin where it does, which has a line above it too? */
export function beginsPlace(rows: readonly MatrixRow[], index: number): boolean {
	const [row, before] = [rows[index], rows[index - 1]];
	if (row?.kind !== 'way') return false;
	return beginsVm(rows, index) || before?.kind !== 'way' || before.from !== row.from;
}

/** The line of each row, with those above them. */
export function linesOfRows(rows: readonly MatrixRow[]): readonly number[] {
	let line = -1;
	return rows.map((_, index) => {
		line += 1 + Number(beginsVm(rows, index)) + Number(beginsPlace(rows, index));
		return line;
	});
}

/** How many lines all rows take with those above them. */
export function tableHeight(rows: readonly MatrixRow[]): number {
	return 1 + (linesOfRows(rows).at(-1) ?? -1);
}

/** The first of `height` lines that are shown: the row under the cursor stands in the middle. */
export function topOfTable(ui: Pick<Ui, 'matrix'>, world: Pick<World, 'runs'>, height: number): number {
	const rows = matrixRows(ui, world);
	const focused = rowInFocus(ui, world);
	const line = linesOfRows(rows)[rows.findIndex(({key}) => key === focused?.key)] ?? 0;
	return Math.min(Math.max(0, line - Math.floor(height / 2)), Math.max(0, tableHeight(rows) - height));
}

/** The row under the cursor. */
export function rowInFocus(ui: Pick<Ui, 'matrix'>, world: Pick<World, 'runs'>): MatrixRow | undefined {
	const rows = matrixRows(ui, world);
	const {list} = ui.matrix;
	return rows[
		locate(
			list,
			listOf(rows, ({key}) => key, list.index),
			1,
		).index
	];
}

/** Why a row is closed: the finding that has it, or its own block; undefined where it is open, or nothing is known. */
export function explanationOf(row: MatrixRow): (Pick<Finding, 'evidence' | 'remedy'> & Partial<Finding>) | undefined {
	if (row.kind === 'none') return row.findings.find(({severity}) => severity === 'error') ?? row.findings[0];
	const {finding, block} = row.way.check;
	return finding === undefined ? block : row.findings.find(({id}) => id === finding);
}

/** The rule to ask for as the chosen tool takes it, else as the likeliest. */
export function ruleOf(
	row: MatrixRow | undefined,
	tool: string | undefined,
): {readonly tool: string; readonly tools: readonly string[]; readonly rule: string} | undefined {
	const rules = row && explanationOf(row)?.remedy.rules;
	const tools = Object.keys(rules ?? {});
	const [likeliest] = tools;
	if (rules === undefined || likeliest === undefined) return undefined;
	const chosen = tool !== undefined && tools.includes(tool) ? tool : likeliest;
	return {tool: chosen, tools, rule: rules[chosen] ?? ''};
}
