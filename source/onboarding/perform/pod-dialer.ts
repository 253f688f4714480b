import type {Cluster} from '../../ports.ts';
import type {PodDial} from '../action.ts';
import {dialCommand, readDials} from '../pod-probe.ts';
import {type Place, runInContainer} from './in-container.ts';

/** What a container's tool said of a connection, and how long it took. */
export type Said = {readonly text: string; readonly ms: number};

/** Opens a TCP connection from a container; undefined where it has no tool for it. Rejects when nothing was learned: it may not be entered, or the command in it was cut off. */
export type DialFrom = (place: Place, to: PodDial, signal: AbortSignal) => Promise<Said | undefined>;

type Rider = {
	readonly to: PodDial;
	readonly signal: AbortSignal;
	readonly done: (said: Said | undefined) => void;
	readonly fail: (reason: unknown) => void;
};

/** Seconds that a command may take to be started and to end, beyond those of its connections. */
const around = 5;

/**
 * One for all runs of a sitting: to start a command in a container takes the cluster longer than a connection that is answered. So what is asked for
 * while one is being started rides in the next, with whoever else wants to dial from there; each is answered when its own connection is.
 */
export function createPodDialer(cluster: Pick<Cluster, 'podExec'>): DialFrom {
	/** Who waits for the next command, by container: there where one is about to be started. */
	const waiting = new Map<string, Rider[]>();

	function board(place: Place): void {
		const key = JSON.stringify(place);
		const riders = waiting.get(key) ?? [];
		if (riders.length === 0) {
			waiting.delete(key);
			return;
		}
		waiting.set(key, []);
		ride(cluster, place, riders, () => board(place));
	}

	return (place, to, signal) =>
		new Promise((done, fail) => {
			const key = JSON.stringify(place);
			const riders = waiting.get(key);
			const rider = {to, signal, done, fail};
			if (riders !== undefined) riders.push(rider);
			else {
				waiting.set(key, [rider]);
				// What is asked for at the same moment goes together.
				setImmediate(board, place);
			}
		});
}

/** `started`: called once, when the command is under way, or will not be. */
function ride(cluster: Pick<Cluster, 'podExec'>, place: Place, riders: readonly Rider[], started: () => void): void {
	const stop = new AbortController();
	const leave = () => {
		if (riders.every(({signal}) => signal.aborted)) stop.abort();
	};
	for (const {signal} of riders) signal.addEventListener('abort', leave, {once: true});
	leave();
	const begun = performance.now();
	let said = '';
	let isStarted = false;
	const hear = (output: string) => {
		if (!isStarted) started();
		isStarted = true;
		for (const [index, answer] of readDials(output))
			riders[index]?.done(answer && {ms: Math.round(performance.now() - begun), ...answer});
	};
	const options = {
		timeoutSeconds: Math.max(...riders.map(({to}) => to.timeoutSeconds)) + around,
		signal: stop.signal,
		onOutput(text: string) {
			said += text;
			hear(said);
		},
	};
	runInContainer(cluster, place, dialCommand(riders.map(({to}) => to)), options)
		.then((all) => {
			hear(all ?? '');
			// Who has an answer by now, keeps it.
			for (const {done, fail} of riders)
				if (all === undefined) done(undefined);
				else fail(new Error('the command in it ended without an answer'));
		})
		.catch((error: unknown) => {
			hear('');
			for (const {fail} of riders) fail(error);
		})
		.finally(() => {
			for (const {signal} of riders) signal.removeEventListener('abort', leave);
		});
}
