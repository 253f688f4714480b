import {asRecord, asText} from '../mesh/untyped.ts';

/** One line of a watch. A bookmark's object has nothing but a resourceVersion. */
export type WatchEvent = {
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
	readonly object: Readonly<Record<string, unknown>>;
};

const newline = 0x0a;
const types = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'] as const;

/**
 * The events of a watch, a JSON object per line, as they arrive. A last line without its end is dropped: the connection was cut in the
 * middle of it, and the next watch brings it again. Throws a SyntaxError for a line that is no event.
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent> {
	let carried: Uint8Array[] = [];
	for await (const chunk of body) {
		let start = 0;
		for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
			const line = Buffer.concat([...carried, chunk.subarray(start, end)]).toString('utf8');
			carried = [];
			start = end + 1;
			if (line.trim() !== '') yield parseEvent(line);
		}
		if (start < chunk.length) carried.push(chunk.subarray(start));
	}
}

function parseEvent(line: string): WatchEvent {
	const wrong = new SyntaxError('the watch sent a line that is no event');
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		throw wrong;
	}
	const event = asRecord(value);
	const type = types.find((each) => each === asText(event['type']));
	if (type === undefined) throw wrong;
	return {type, object: asRecord(event['object'])};
}
