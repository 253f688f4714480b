/** Longest line that is handed on, in UTF-16 code units; of a longer one the rest is counted, not kept. */
export const maximumLineLength = 8192;

/** A torn word of up to this length at the cut is left out: half of a token would pass the redaction. */
const longestTornWord = 2048;

/** Makes lines of the bytes of one stream. */
export type LineSplitter = {
	push(chunk: Uint8Array): void;
	/** The stream is over: hands on what stands without a line end. */
	end(): void;
};

/**
 * Splits bytes into lines, wherever the chunks break: UTF-8 characters and CRLF may be torn apart. A carriage return without a
 * line feed starts the current line over, as the progress of apt and docker does on a terminal: the last state of the line is
 * what counts. Lines longer than `maximumLineLength` are cut, and say so. Bytes that are no UTF-8 become U+FFFD.
 */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
	const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
	let current = '';
	let beyond = 0;
	/** A carriage return was seen whose meaning the next character decides. */
	let returned = false;

	function process(text: string): void {
		let from = 0;
		for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
			append(from === 0 && end === text.length ? text : text.slice(from, end));
			flush();
			from = end + 1;
		}
		append(text.slice(from));
	}

	function append(segment: string): void {
		let length = segment.length;
		while (length > 0 && segment.charCodeAt(length - 1) === 0x0d) length--;
		if (length > 0) {
			const rewrite = segment.lastIndexOf('\r', length - 1);
			if (returned || rewrite >= 0) {
				current = '';
				beyond = 0;
			}
			const room = maximumLineLength - current.length;
			const start = rewrite + 1;
			current += segment.slice(start, Math.min(length, start + room));
			beyond += Math.max(0, length - start - room);
			returned = false;
		}
		if (length < segment.length) returned = true;
	}

	function flush(): void {
		onLine(beyond === 0 ? current : cut(current, beyond));
		current = '';
		beyond = 0;
		returned = false;
	}

	return {
		push: (chunk) => process(decoder.decode(chunk, {stream: true})),
		end() {
			process(decoder.decode());
			if (current !== '') flush();
		},
	};
}

function cut(line: string, beyond: number): string {
	const space = line.lastIndexOf(' ');
	const kept = space >= line.length - longestTornWord ? line.slice(0, space) : line;
	return `${kept} … [cut, ${beyond + line.length - kept.length} more characters]`;
}
