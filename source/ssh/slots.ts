/** A number of places that may shrink, first come first served. */
export class Slots {
	#limit: number;
	#taken = 0;
	readonly #waiting: Array<{enter: () => void; fail: (reason: unknown) => void}> = [];
	#closed: {reason: unknown} | undefined;

	constructor(limit: number) {
		this.#limit = limit;
	}

	get taken(): number {
		return this.#taken;
	}

	/** Waits for a place; the function returned gives it back. Rejects with the signal's reason, or with that of `close`. */
	take(signal?: AbortSignal): Promise<() => void> {
		return new Promise((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason);
			if (this.#closed) return reject(this.#closed.reason);
			const leave = () => {
				this.#waiting.splice(this.#waiting.indexOf(entry), 1);
				reject(signal?.reason);
			};
			const entry = {
				enter: () => {
					signal?.removeEventListener('abort', leave);
					this.#taken++;
					resolve(this.#giveBack());
				},
				fail: (reason: unknown) => {
					signal?.removeEventListener('abort', leave);
					reject(reason);
				},
			};
			signal?.addEventListener('abort', leave, {once: true});
			this.#waiting.push(entry);
			this.#next();
		});
	}

	/** One fewer than are taken now, but at least one. */
	shrink(): void {
		this.#limit = Math.max(1, Math.min(this.#limit, this.#taken - 1));
	}

	close(reason: unknown): void {
		this.#closed = {reason};
		for (const entry of this.#waiting.splice(0)) entry.fail(reason);
	}

	#giveBack(): () => void {
		let given = false;
		return () => {
			if (given) return;
			given = true;
			this.#taken--;
			this.#next();
		};
	}

	#next(): void {
		while (this.#taken < this.#limit) {
			const entry = this.#waiting.shift();
			if (entry === undefined) return;
			entry.enter();
		}
	}
}
