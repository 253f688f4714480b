/** Made when it is first asked for, and once. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return () => (made ??= make());
}

/** One answer for all who ask within some milliseconds; a failure is not kept. */
export function sharedFor<T>(milliseconds: number, make: () => Promise<T>): () => Promise<T> {
	let shared: Promise<T> | undefined;
	return () => {
		if (shared === undefined) {
			const forget = () => {
				shared = undefined;
			};
			shared = make();
			shared.catch(forget);
			setTimeout(forget, milliseconds).unref();
		}
		return shared;
	};
}
