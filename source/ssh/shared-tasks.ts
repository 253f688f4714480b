type Shared = {readonly promise: Promise<unknown>; readonly controller: AbortController; waiting: number};

/**
 * Runs a task once for all who want it under the same key at the same time: one passphrase dialog for eight connections.
 * Who gives up (`signal`) stops waiting; when nobody is left, the task's own signal is aborted.
 */
export class SharedTasks<Result> {
	readonly #running = new Map<string, Shared & {promise: Promise<Result>}>();

	run(key: string, start: (signal: AbortSignal) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
		if (signal?.aborted) return Promise.reject(signal.reason);
		let shared = this.#running.get(key);
		if (shared === undefined) {
			const controller = new AbortController();
			const promise = start(controller.signal).finally(() => {
				if (this.#running.get(key)?.controller === controller) this.#running.delete(key);
			});
			shared = {promise, controller, waiting: 0};
			this.#running.set(key, shared);
		}
		return this.#wait(key, shared, signal);
	}

	#wait(key: string, shared: Shared & {promise: Promise<Result>}, signal?: AbortSignal): Promise<Result> {
		shared.waiting++;
		return new Promise((resolve, reject) => {
			const leave = () => {
				if (--shared.waiting === 0) {
					if (this.#running.get(key) === shared) this.#running.delete(key);
					shared.controller.abort(signal?.reason);
				}
				reject(signal?.reason);
			};
			signal?.addEventListener('abort', leave, {once: true});
			shared.promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
		});
	}
}
