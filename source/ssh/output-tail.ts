/** Keeps the last bytes of a stream. */
export class OutputTail {
	readonly #limit: number;
	readonly #chunks: Uint8Array[] = [];
	#size = 0;

	constructor(limit: number) {
		this.#limit = limit;
	}

	push(chunk: Uint8Array): void {
		this.#chunks.push(chunk);
		this.#size += chunk.length;
		for (
			let first = this.#chunks[0];
			first !== undefined && this.#size - first.length >= this.#limit;
			first = this.#chunks[0]
		) {
			this.#size -= first.length;
			this.#chunks.shift();
		}
	}

	/** As UTF-8; a character that was cut in front is left out. */
	text(): string {
		const all = Buffer.concat(this.#chunks);
		let tail = all.subarray(Math.max(0, all.length - this.#limit));
		if (tail.length < all.length) {
			const start = tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
			tail = tail.subarray(Math.max(0, start));
		}
		return tail.toString('utf8');
	}
}
