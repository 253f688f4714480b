import type {Target} from '../../../mesh/target.ts';
import type {ExecResult} from '../../../ports.ts';
import {commandLine} from '../../../vm/quote.ts';
import {parseTakenBack} from '../../../vm/undo/parse-undo.ts';
import {recordFolder} from '../../../vm/undo/record.ts';
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
	plan: (context) => [bring, directory(context)],
	*run(context) {
		if (!has(context.facts.recorded, /^directory |^before\.account/)) return nothing;
		yield* perform(bring);
		return told(this.id, yield* perform(directory(context)));
	},
};

export const accountStep: Step = {
	id: 'prepare.undo-user',
	phase: 'prepare',
	title: 'Take back the account that runs the proxy',
	plan: () => [bring, account],
	*run({facts: {recorded}}) {
		if (!has(recorded, /^(home|key|account|unlocked|member|linger) |^before\.account/)) return nothing;
		yield* perform(bring);
		return told(this.id, yield* perform(account));
	},
};

/** As a job of its own, as the packages came: it goes on when the connection breaks off. */
export const engineStep: Step = {
	id: 'prepare.undo-engine',
	phase: 'prepare',
	title: 'Take back the engine and its packages',
	plan: ({target}) => [bring, startPackages(engine(target))],
	*run({target, facts: {recorded}}) {
		if (!has(recorded, /^(package|data|group|enabled|started|example) |^before\.engine/)) return nothing;
		yield* perform(bring);
		return told(this.id, yield* runPackages(engine(target)));
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

function has(recorded: readonly string[] | undefined, kind: RegExp): boolean {
	return recorded?.some((line) => kind.test(line)) === true;
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
