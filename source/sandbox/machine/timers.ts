import type {Timers} from './machine.ts';

/** Timers that all end with `stop`; `pace` multiplies those that are only for show (0: none, for tests). */
export function createTimers(pace: number): Timers & {stop(): void} {
	const running = new Map<NodeJS.Timeout, () => void>();
	let stopped = false;
	const begin = (milliseconds: number, done: () => void, called: () => void): (() => void) => {
		const timer = setTimeout(() => {
			running.delete(timer);
			done();
		}, milliseconds);
		running.set(timer, called);
		return () => {
			clearTimeout(timer);
			running.delete(timer);
			called();
		};
	};
	const pause: Timers['pause'] = (milliseconds, signal) =>
		new Promise((resolve) => {
			if (stopped || signal?.aborted) return resolve();
			const finish = () => {
				signal?.removeEventListener('abort', cancel);
				resolve();
			};
			const cancel = begin(milliseconds, finish, resolve);
			signal?.addEventListener('abort', cancel, {once: true});
		});
	return {
		pause,
		show: (milliseconds, signal) => (pace === 0 ? Promise.resolve() : pause(milliseconds * pace, signal)),
		after: (milliseconds, call) => (stopped ? () => undefined : begin(milliseconds, call, () => undefined)),
		stop() {
			stopped = true;
			for (const [timer, called] of running) {
				clearTimeout(timer);
				called();
			}
			running.clear();
		},
	};
}
