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
