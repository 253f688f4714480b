const noiseLimit = 1 << 20;

/**
 * Passes on what follows the marker line of a stream: `\036<mark>[ <process id>]\n`. What comes before is the noise of the login
 * shell's start-up files. When the stream ends without a marker (no shell, a forced command), all of it was the output.
 */
export class MarkedStream {
	readonly #marker: Buffer;
	readonly #onOutput: (chunk: Uint8Array) => void;
	#before: Buffer | undefined = Buffer.alloc(0);
	readonly #marked = Promise.withResolvers<number | undefined>();
	/** The number after the mark, once seen; undefined when there is none, or no marker at all. */
	readonly processId = this.#marked.promise;

	constructor(mark: string, onOutput: (chunk: Uint8Array) => void) {
		this.#marker = Buffer.from(`\x1e${mark}`);
		this.#onOutput = onOutput;
	}

	push(chunk: Buffer): void {
		if (this.#before === undefined) {
			this.#onOutput(chunk);
			return;
		}
		const all = Buffer.concat([this.#before, chunk]);
		const start = all.indexOf(this.#marker);
		const end = start === -1 ? -1 : all.indexOf('\n', start);
		if (end === -1) {
			// Endless noise: only its end can still hold the marker.
			this.#before = all.length > noiseLimit ? all.subarray(-noiseLimit) : all;
			return;
		}
		this.#before = undefined;
		const number = Number(all.toString('latin1', start + this.#marker.length, end));
		this.#marked.resolve(number > 1 ? number : undefined);
		if (end + 1 < all.length) this.#onOutput(all.subarray(end + 1));
	}

	end(): void {
		const rest = this.#before;
		this.#before = undefined;
		this.#marked.resolve(undefined);
		if (rest !== undefined && rest.length > 0) this.#onOutput(rest);
	}
}
