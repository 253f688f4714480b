import {asRecord} from '../mesh/untyped.ts';

/** What stands around the items of a list: kind, apiVersion, `metadata.resourceVersion`, `metadata.continue`. */
export type ListEnvelope = Readonly<Record<string, unknown>>;

const quote = 0x22;
const backslash = 0x5c;
const [openBrace, closeBrace, openBracket, closeBracket, comma] = [0x7b, 0x7d, 0x5b, 0x5d, 0x2c];
const itemsKey = Buffer.from('"items');

/**
 * Reads a Kubernetes list (`{"kind":"…List","metadata":{…},"items":[…]}`, keys in any order) from its bytes, one item at a time:
 * an item is parsed when its last byte is here, and given to `onItem`; the list as a whole is never in memory.
 * Answers what stands around the items. Throws a SyntaxError for what is no such list, or ends early.
 */
export async function readItems(
	body: AsyncIterable<Uint8Array>,
	onItem: (item: unknown) => void,
): Promise<ListEnvelope> {
	const scanner = createScanner(onItem);
	for await (const chunk of body) scanner.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
	return scanner.end();
}

function createScanner(onItem: (item: unknown) => void) {
	const state = {
		/** Nesting of braces and brackets outside of strings. 1: in the list object; 2: in one of its values, such as `items`. */
		depth: 0,
		inString: false,
		escaped: false,
		/** The last string at depth 1 was `items`: an array that opens now holds them. */
		itemsNext: false,
		inItems: false,
	};
	/** Everything but the items. */
	const envelope: Buffer[] = [];
	/** The beginning of what is being read, from the chunks before this one. */
	const carried: Buffer[] = [];

	function withCarried(part: Buffer): Buffer {
		return carried.length === 0 ? part : Buffer.concat([...carried.splice(0), part]);
	}

	function push(chunk: Buffer): void {
		// Locals: this loop sees every byte of the list.
		let {depth, inString, escaped, itemsNext, inItems} = state;
		const length = chunk.length;
		let start = 0;
		for (let at = 0; at < length; at++) {
			const byte = chunk[at];
			if (inString) {
				if (escaped) escaped = false;
				else if (byte === backslash) escaped = true;
				else if (byte === quote) {
					inString = false;
					if (depth === 1) itemsNext = endsInItemsKey(chunk, at);
				}
			} else if (byte === quote) inString = true;
			else if (byte === openBrace || byte === openBracket) {
				if (depth === 1 && itemsNext && byte === openBracket) {
					inItems = true;
					envelope.push(Buffer.from(withCarried(chunk.subarray(start, at + 1))));
					start = at + 1;
				}
				depth++;
			} else if (byte === closeBrace || byte === closeBracket) {
				depth--;
				if (inItems && depth === 2) {
					onItem(parse(withCarried(chunk.subarray(start, at + 1))));
					start = at + 1;
				} else if (inItems && depth === 1) {
					inItems = false;
					carried.length = 0;
					start = at;
				}
			} else if (byte === comma && inItems && depth === 2) start = at + 1;
		}
		// A copy, so that a few bytes do not hold on to the whole chunk.
		if (start < length) carried.push(Buffer.from(chunk.subarray(start)));
		Object.assign(state, {depth, inString, escaped, itemsNext, inItems});
	}

	/** Does the string that ends here read `items`? Its beginning may be in the chunks before. */
	function endsInItemsKey(chunk: Buffer, end: number): boolean {
		const size = itemsKey.length;
		const tail = end < size ? Buffer.concat([...carried.slice(-size), chunk.subarray(0, end)]) : chunk.subarray(0, end);
		return tail.subarray(-size).equals(itemsKey);
	}

	return {
		push,
		end(): ListEnvelope {
			if (state.depth !== 0 || state.inString) throw new SyntaxError('the list ends in the middle');
			return asRecord(parse(Buffer.concat([...envelope, ...carried])));
		},
	};
}

function parse(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch {
		throw new SyntaxError('the answer is not the JSON of a Kubernetes list');
	}
}
