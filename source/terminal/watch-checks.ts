import {runOf} from './state/see-checks.ts';
import type {Ui} from './state/ui.ts';
import type {World} from './state/world.ts';

/** Milliseconds between two rounds, as of `check --watch`. */
const pause = 2000;

/** Begins a round of the watched matrix a moment after the one before. */
export type CheckWatch = {
	/** Told of every new state. */
	see(ui: Ui, world: World): void;
	stop(): void;
};

/** `retry`: tries a run's ways again. */
export function watchChecks(retry: (run: string) => void): CheckWatch {
	let timer: NodeJS.Timeout | undefined;
	let due: readonly string[] = [];
	const stop = () => {
		clearTimeout(timer);
		timer = undefined;
	};
	return {
		see(ui, world) {
			due = dueRuns(ui, world);
			if (due.length === 0) return stop();
			timer ??= setTimeout(() => {
				timer = undefined;
				for (const run of due) retry(run);
			}, pause);
			timer.unref();
		},
		stop,
	};
}

/** The runs that are to go again: none while one of them is under way, or while the matrix is not looked at. */
function dueRuns({matrix, stack}: Ui, world: World): readonly string[] {
	if (!matrix.watch || matrix.loading || !stack.includes('matrix')) return [];
	const runs = matrix.refs.flatMap((ref) => runOf(ref, world) ?? []);
	if (runs.some(({status}) => status === 'running')) return [];
	return runs.filter(({options}) => options.task === 'check').map(({id}) => id);
}
