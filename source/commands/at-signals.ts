import {exitCodes} from '../errors.ts';

const signals = [
	['SIGINT', exitCodes.interrupted],
	['SIGTERM', exitCodes.terminated],
	['SIGHUP', exitCodes.hangup],
] as const;

/** Calls `act` with the exit code that a signal stands for, instead of being ended by it. Returns the function that stops it. */
export function atSignals(act: (exitCode: number) => void): () => void {
	const handlers = signals.map(([signal, code]) => [signal, () => act(code)] as const);
	for (const [signal, handler] of handlers) process.on(signal, handler);
	return () => {
		for (const [signal, handler] of handlers) process.off(signal, handler);
	};
}

/** Work that an interrupt aborts. */
export type Interruptible = {
	readonly signal: AbortSignal;
	/** The exit code that the interrupt stands for; undefined as long as there was none. */
	interrupted(): number | undefined;
	/** From now on signals mean what they always do. */
	end(): void;
};

/** The first interrupt aborts, and calls `act`; the second leaves at once. */
export function abortAtSignals(act: () => void = () => {}): Interruptible {
	const stop = new AbortController();
	let interrupted: number | undefined;
	const end = atSignals((code) => {
		if (interrupted !== undefined) process.exit(code);
		interrupted = code;
		stop.abort();
		act();
	});
	return {signal: stop.signal, interrupted: () => interrupted, end};
}
