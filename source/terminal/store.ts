import type {Store} from '../onboarding/session.ts';

/** A value with listeners. `set` with the same object is silent. */
export function createStore<T>(initial: T): Store<T> & {set(value: T): void} {
	let value = initial;
	const listeners = new Set<() => void>();
	return {
		getSnapshot: () => value,
		subscribe: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		set: (next) => {
			if (Object.is(next, value)) return;
			value = next;
			for (const listener of [...listeners]) listener();
		},
	};
}
