import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {readItems} from '../../source/kubernetes/item-stream.ts';
import {readEvents} from '../../source/kubernetes/watch-stream.ts';

/** The bytes in pieces of the given sizes, over and over. */
async function* inPieces(bytes: Buffer, sizes: readonly number[]) {
	for (let at = 0, n = 0; at < bytes.length; n++) {
		const size = sizes[n % sizes.length] ?? 1;
		yield bytes.subarray(at, at + size);
		at += size;
	}
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
	const items: T[] = [];
	for await (const each of stream) items.push(each);
	return items;
}

/** Texts with all that could mislead a reader that counts braces. */
const text = fc.oneof(
	fc.string({unit: 'binary'}),
	fc.constantFrom('"items":[{', '}]', '\\', '\\"', '\\\\"', 'items', '{"items":[', '\u2028', 'büro 🚚'),
);
const json = fc.jsonValue({stringUnit: 'binary'});
const item = fc.record({metadata: fc.record({name: text}), spec: json, [`items`]: fc.array(json)});
const sizes = fc.array(fc.integer({min: 1, max: 40}), {minLength: 1, maxLength: 5});

describe('a list, read from its bytes', () => {
	it('gives the items and the envelope that JSON.parse gives, in whatever pieces and order of keys', async () => {
		const keys = fc.shuffledSubarray(['kind', 'apiVersion', 'metadata', 'items'], {minLength: 4});
		await fc.assert(
			fc.asyncProperty(
				fc.array(item),
				text,
				keys,
				fc.constantFrom(0, 2),
				sizes,
				async (items, word, order, indent, cuts) => {
					const whole: Record<string, unknown> = {
						kind: word,
						apiVersion: 'v1',
						metadata: {resourceVersion: '5', word},
						items,
					};
					const bytes = Buffer.from(
						JSON.stringify(Object.fromEntries(order.map((key) => [key, whole[key]])), null, indent),
					);
					const read: unknown[] = [];
					const envelope = await readItems(inPieces(bytes, cuts), (each) => read.push(each));
					expect(read).toEqual(JSON.parse(JSON.stringify(items)));
					expect(envelope).toEqual(JSON.parse(JSON.stringify({...whole, items: []})));
				},
			),
		);
	});

	it('knows a list that was cut off wherever it was cut', async () => {
		const bytes = Buffer.from('{"items":[{"a":"}]"},{"b":{}}],"metadata":{"resourceVersion":"5"}}');
		for (let end = 0; end < bytes.length; end++) {
			await expect(
				readItems(inPieces(bytes.subarray(0, end), [7]), () => {}),
				String(end),
			).rejects.toThrow(SyntaxError);
		}
		await expect(readItems(inPieces(bytes, [7]), () => {})).resolves.toMatchObject({metadata: {resourceVersion: '5'}});
	});

	it.each(['', '<html></html>', '}{', '{"items":[{a}]}', 'null', '"items":[{}]'])('%j is no list', async (body) => {
		const reading = readItems(inPieces(Buffer.from(body), [3]), () => {});
		// An answer that is JSON and no list holds no items, and no metadata that a list would have.
		await expect(reading.catch((error: unknown) => (error instanceof SyntaxError ? {} : error))).resolves.toEqual({});
	});

	it('takes a list without items, as Go writes an empty slice', async () => {
		expect(await readItems(inPieces(Buffer.from('{"items":null,"kind":"List"}'), [4]), () => expect.fail())).toEqual({
			items: null,
			kind: 'List',
		});
	});
});

describe('a watch, read from its bytes', () => {
	const events = fc.array(
		fc.record({type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED'), object: fc.record({spec: json})}),
	);

	it('gives every whole event and drops a last one without its end', async () => {
		await fc.assert(
			fc.asyncProperty(events, sizes, async (sent, cuts) => {
				const bytes = Buffer.from(`${sent.map((each) => `${JSON.stringify(each)}\n`).join('')}{"type":"ADD`);
				expect(await all(readEvents(inPieces(bytes, cuts)))).toEqual(JSON.parse(JSON.stringify(sent)));
			}),
		);
	});

	it.each(['nonsense\n', '{"type":"SURPRISE","object":{}}\n', '[]\n'])('%j is no event', async (line) => {
		await expect(all(readEvents(inPieces(Buffer.from(line), [4])))).rejects.toThrow(SyntaxError);
	});
});
