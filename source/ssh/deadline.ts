/** A time limit that stands still while a person is asked. */
export class Deadline {
	#left: number;
	#startedAt = 0;
	#timer: NodeJS.Timeout | undefined;
	#pauses = 0;
	#over = false;
	readonly #waiting: Array<() => void> = [];
	readonly #onOver: () => void;

	constructor(milliseconds: number, onOver: () => void) {
		this.#left = milliseconds;
		this.#onOver = onOver;
		this.#start();
	}

	/** Waits for the work without counting its time. */
	async without<Result>(work: Promise<Result>): Promise<Result> {
		if (this.#pauses++ === 0) this.#pause();
		try {
			return await work;
		} finally {
			if (--this.#pauses === 0) {
				this.#start();
				for (const resume of this.#waiting.splice(0)) resume();
			}
		}
	}

	/** Resolves when nobody is being asked: at once, or when all answers are there. */
	answered(): Promise<void> {
		return this.#pauses === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
	}

	clear(): void {
		this.#over = true;
		clearTimeout(this.#timer);
	}

	#start(): void {
		if (this.#over) return;
		this.#startedAt = performance.now();
		this.#timer = setTimeout(() => {
			this.#over = true;
			this.#onOver();
		}, this.#left);
	}

	#pause(): void {
		clearTimeout(this.#timer);
		this.#left = Math.max(0, this.#left - (performance.now() - this.#startedAt));
	}
}
