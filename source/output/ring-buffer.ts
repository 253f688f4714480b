/** Keeps the newest lines of an output. Never measures the width of a line: that is for what is drawn. */
export type RingBuffer = {
	/** `at`: when it was written, in milliseconds since 1970. */
	push(line: string, at: number): void;
	/** Grows with every line. */
	readonly version: number;
	/** Lines ever pushed; the first `dropped` of them are gone. */
	readonly length: number;
	readonly dropped: number;
	/** Lines `from` ≤ n < `from + count`, numbered from the first ever pushed, as far as they are kept. */
	window(from: number, count: number): readonly string[];
	/** The `at` of the same lines. */
	times(from: number, count: number): readonly number[];
	/** Numbers of the kept lines that contain `text`, ignoring case; none for an empty text. */
	search(text: string): readonly number[];
};

/** The newest `lines` lines, and of these no more than `characters` UTF-16 code units (a MiB of ASCII is a Mi of these); at least one line. */
export function createRingBuffer(limits: {lines: number; characters: number} = standard): RingBuffer {
	const slots: string[] = [];
	const clock: number[] = [];
	let length = 0;
	let dropped = 0;
	let characters = 0;

	const at = (number: number): string => slots[number % limits.lines] ?? '';

	function kept<T>(from: number, count: number, of: (number: number) => T): readonly T[] {
		const first = Math.max(from, dropped);
		const end = Math.min(from + count, length);
		return Array.from({length: Math.max(0, end - first)}, (_, index) => of(first + index));
	}

	function drop(): void {
		characters -= at(dropped).length;
		slots[dropped % limits.lines] = '';
		dropped++;
	}

	return {
		push(line, at) {
			if (length - dropped === limits.lines) drop();
			slots[length % limits.lines] = line;
			clock[length % limits.lines] = at;
			length++;
			characters += line.length;
			while (characters > limits.characters && length - dropped > 1) drop();
		},
		get version() {
			return length;
		},
		get length() {
			return length;
		},
		get dropped() {
			return dropped;
		},
		window: (from, count) => kept(from, count, at),
		times: (from, count) => kept(from, count, (number) => clock[number % limits.lines] ?? 0),
		search(text) {
			if (text === '') return [];
			const wanted = text.toLowerCase();
			const found: number[] = [];
			for (let number = dropped; number < length; number++) {
				if (at(number).toLowerCase().includes(wanted)) found.push(number);
			}
			return found;
		},
	};
}

const standard = {lines: 10_000, characters: 4 * 1024 * 1024};
