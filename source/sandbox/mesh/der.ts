/*
 * The little of ASN.1 DER (X.690) that a certificate takes. A library for X.509 would take a quarter of the sandbox's start
 * and a third of its memory (@peculiar/x509 2.2: 105 ms, 22 MB) for the four certificates that it makes.
 */

/** An element: its tag, its length, its content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
	const body = Buffer.concat(content);
	return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

export const sequence = (...content: readonly Uint8Array[]) => element(0x30, ...content);
export const set = (...content: readonly Uint8Array[]) => element(0x31, ...content);
export const octets = (content: Uint8Array) => element(0x04, content);
export const utf8 = (text: string) => element(0x0c, Buffer.from(text));
export const boolean = (value: boolean) => element(0x01, Buffer.from([value ? 0xff : 0]));
export const bits = (content: Uint8Array, unused = 0) => element(0x03, Buffer.from([unused]), content);

/** A number that is not negative, from its bytes, the highest first. */
export function integer(bytes: Uint8Array): Buffer {
	const first = bytes.findIndex((byte) => byte !== 0);
	const body = first === -1 ? Buffer.from([0]) : bytes.subarray(first);
	return element(0x02, (body[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.from([0]), body]) : body);
}

/** An object identifier in dotted form. */
export function oid(dotted: string): Buffer {
	const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
	const bytes = [first * 40 + second, ...rest].flatMap((number) => {
		const digits = [number & 0x7f];
		for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
		return digits;
	});
	return element(0x06, Buffer.from(bytes));
}

/** A time of this half-century, to the second. */
export function utcTime(time: Date): Buffer {
	const digits = time.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
	return element(0x17, Buffer.from(digits.slice(2)));
}

function lengthOf(length: number): readonly number[] {
	if (length < 0x80) return [length];
	const bytes: number[] = [];
	for (let left = length; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
	return [0x80 | bytes.length, ...bytes];
}
