import type {Clock} from './ports.ts';

/** The clock of this machine. */
export const systemClock: Clock = {
	now: () => new Date(),
	sleep(milliseconds, signal) {
		return new Promise((resolve) => {
			if (signal?.aborted === true) return resolve();
			const done = () => {
				clearTimeout(timer);
				signal?.removeEventListener('abort', done);
				resolve();
			};
			const timer = setTimeout(done, milliseconds);
			signal?.addEventListener('abort', done, {once: true});
		});
	},
};
