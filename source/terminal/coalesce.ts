/**
 * Calls that come faster than the pause, in milliseconds, are made one: the first at once, the last after the pause, which is asked for anew each time.
 * `done` says that it was done in another way: the pause begins anew. `stop` forgets a call that waits.
 */
export function coalesce(call: () => void, pauseOf: () => number): {(): void; done(): void; stop(): void} {
	let timer: NodeJS.Timeout | undefined;
	let waiting = false;
	const pause = () => {
		timer = setTimeout(() => {
			timer = undefined;
			if (!waiting) return;
			waiting = false;
			pause();
			call();
		}, pauseOf());
	};
	const coalesced = () => {
		if (timer !== undefined) {
			waiting = true;
			return;
		}
		pause();
		call();
	};
	return Object.assign(coalesced, {
		done: () => {
			clearTimeout(timer);
			waiting = false;
			pause();
		},
		stop: () => {
			clearTimeout(timer);
			timer = undefined;
			waiting = false;
		},
	});
}
