/**
 * Calls that come faster than every `milliseconds` are made one: the first at once, the last after the pause.
 * `stop` forgets a call that waits.
 */
export function coalesce(call: () => void, milliseconds: number): {(): void; stop(): void} {
	let timer: NodeJS.Timeout | undefined;
	let waiting = false;
	const pause = () => {
		timer = setTimeout(() => {
			timer = undefined;
			if (!waiting) return;
			waiting = false;
			pause();
			call();
		}, milliseconds);
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
		stop: () => {
			clearTimeout(timer);
			timer = undefined;
			waiting = false;
		},
	});
}
