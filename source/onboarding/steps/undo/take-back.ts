import type {Target} from '../../../mesh/target.ts';
import type {ExecResult} from '../../../ports.ts';
import {commandLine} from '../../../vm/quote.ts';
import {parseTakenBack} from '../../../vm/undo/parse-undo.ts';
import {recordFolder} from '../../../vm/undo/record.ts';
import {recordedWords} from '../../../vm/undo/recorded-words.ts';
import {undoProgram, undoScript} from '../../../vm/undo/undo-program.ts';
import {type Exec, type Place, perform} from '../../action.ts';
import type {Outcome, Step, StepCheck, StepContext} from '../../step.ts';
import {accountOf, asRoot, endOf} from '../prepare/as-admin.ts';
import {type PackageEnd, runPackages, startPackages} from '../prepare/packages.ts';

/** The program that takes back comes first: each step can be the first that runs, after a resume. */
const bring: Place = {
	kind: 'place',
	directories: [{path: recordFolder, mode: 0o755, owner: 'root'}],
	files: [{path: undoScript, mode: 0o755, owner: 'root', content: undoProgram}],
	changes: true,
};

export const directoryStep: Step = {
	id: 'prepare.undo-directory',
	phase: 'prepare',
	title: 'Take back the directory for the configuration',
	plan: (context) => (mayHave(context, ofDirectory) ? [bring, directory(context)] : []),
	foresee: (context) => takesBack(context, ofDirectory),
	*run(context) {
		if (!has(context, ofDirectory)) return nothing;
		yield* perform(bring);
		return told(this.id, yield* perform(directory(context)));
	},
};

export const accountStep: Step = {
	id: 'prepare.undo-user',
	phase: 'prepare',
	title: 'Take back the account that runs the proxy',
	plan: (context) => (mayHave(context, ofAccount) ? [bring, account] : []),
	foresee: (context) => takesBack(context, ofAccount),
	*run(context) {
		if (!has(context, ofAccount)) return nothing;
		yield* perform(bring);
		return told(this.id, yield* perform(account));
	},
};

/** As a job of its own, as the packages came: it goes on when the connection breaks off. */
export const engineStep: Step = {
	id: 'prepare.undo-engine',
	phase: 'prepare',
	title: 'Take back the engine and its packages',
	plan: (context) => (mayHave(context, ofEngine) ? [bring, startPackages(engine(context.target))] : []),
	foresee: (context) => takesBack(context, ofEngine),
	*run(context) {
		if (!has(context, ofEngine)) return nothing;
		yield* perform(bring);
		return told(this.id, yield* runPackages(engine(context.target)));
	},
};

function directory({target}: StepContext): Exec {
	return takeBack('directory', accountOf(target), target.configDir.value);
}

const account = takeBack('account');

/** An account waits for what systemd still runs for it. */
function takeBack(...words: readonly string[]): Exec {
	return asRoot(commandLine(['sh', undoScript, ...words]), {show: true});
}

function engine({runtime, image}: Target): string {
	return commandLine(['sh', undoScript, 'engine', runtime.value, image.value]);
}

const nothing: Outcome = {status: 'skipped', detail: 'nothing of it is recorded'};

/** The lines of the record that each step takes back. */
const ofDirectory = /^directory |^before\.account/;
const ofAccount = /^(home|key|account|unlocked|member|linger) |^before\.account/;
const ofEngine = /^(package|data|group|enabled|started|example) |^before\.engine/;

function has({facts: {recorded}}: StepContext, kind: RegExp): boolean {
	return recorded?.some((line) => kind.test(line)) === true;
}

/** For the plan: everything, until the record is known. */
function mayHave(context: StepContext, kind: RegExp): boolean {
	return context.facts.recorded === undefined || has(context, kind);
}

/** What a look before the plan has found to take back. */
function takesBack({facts: {recorded}}: StepContext, kind: RegExp): readonly string[] {
	if (recorded === undefined) return [];
	const lines = recorded.filter((line) => kind.test(line));
	const packages = lines.flatMap((line) => (line.startsWith('package ') ? [line.slice(8)] : []));
	return [
		...lines.filter((line) => !line.startsWith('package ')).map((line) => `takes back ${recordedWords(line)}`),
		...(packages.length === 0 ? [] : [`takes back packages ${packages.join(', ')}`]),
		...(lines.length === 0 ? [nothing.detail] : []),
	];
}

/** What came of it, thing by thing: what stays is told with the reason, and is no failure. */
function told(id: string, end: ExecResult | PackageEnd): Outcome {
	const output = 'text' in end ? end.text : end.stdout;
	const {undone, left} = parseTakenBack(output);
	const words = [
		...undone.slice(0, 3),
		...(undone.length > 3 ? [`${undone.length - 3} more`] : []),
		...left.map(({what, why}) => `${what} is left, ${why}`).slice(0, 3),
		...(left.length > 3 ? [`${left.length - 3} more are left`] : []),
	];
	const checks: readonly StepCheck[] = [
		...undone.map((what, index): StepCheck => {
			const [title = '', detail = ''] = what.split(/: (?=[^:]*$)/);
			return {id: `${id}.${index + 1}`, title, outcome: 'passed', detail};
		}),
		...left.map(
			({what, why}, index): StepCheck => ({
				id: `${id}.left-${index + 1}`,
				title: what,
				outcome: 'warning',
				detail: `left, ${why}`,
			}),
		),
	];
	const more = {checks, changed: undone.length > 0};
	if (end.code !== 0) {
		const words = 'text' in end ? `exit code ${end.code ?? 'unknown'}` : endOf(end);
		return {status: 'failed', detail: `It was not taken back whole: ${words}. Try again.`, ...more};
	}
	return {status: 'succeeded', detail: words.length === 0 ? 'it was gone already' : words.join('; '), ...more};
}
