/** A public key line as `authorized_keys` takes it. `id` is type and key, without the comment: what makes it the same key. */
export type PublicKey = {readonly id: string; readonly line: string};

/** Reads `ssh-ed25519 AAAA… comment`; undefined for anything else, above all for several lines or lines with options. */
export function readPublicKey(text: string): PublicKey | undefined {
	const match = /^([a-z0-9@.-]+) (AAAA[A-Za-z0-9+/]+={0,3})(?: ([^\r\n]*))?$/.exec(text.trim());
	if (match === null) return undefined;
	const [, type = '', key = '', comment = ''] = match;
	const plain = comment.replaceAll(/[^\x20-\x7E]/g, '').trim();
	return {id: `${type} ${key}`, line: plain === '' ? `${type} ${key}` : `${type} ${key} ${plain}`};
}
