import {createHash} from 'node:crypto';

/** A public key as SSH sends it (RFC 4253 §6.6): its type is its first string. '' when it is no key. */
export function keyType(blob: Uint8Array): string {
	return sshStrings(blob, 1)[0]?.toString('latin1') ?? '';
}

/** `SHA256:…`, as ssh-keygen -l prints it. */
export function fingerprint(blob: Uint8Array): string {
	return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** The first `count` length-prefixed strings (RFC 4251 §5); fewer when the data ends before. */
export function sshStrings(data: Uint8Array, count: number): Buffer[] {
	const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	const found: Buffer[] = [];
	for (let at = 0; found.length < count && at + 4 <= buffer.length; ) {
		const end = at + 4 + buffer.readUInt32BE(at);
		if (end > buffer.length) break;
		found.push(buffer.subarray(at + 4, end));
		at = end;
	}
	return found;
}
