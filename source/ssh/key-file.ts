import {readFile} from 'node:fs/promises';
import ssh2, {type ParsedKey} from 'ssh2';
import {keyType, sshStrings} from './key-blob.ts';

/** A key file as far as it can be read without its passphrase. */
export type KeyFile = {
	readonly path: string;
	/** `public`: only the public half is there, an agent must hold the other (hardware tokens, password managers). */
	readonly kind: 'plain' | 'encrypted' | 'public';
	/** The public key, from the file itself or `.pub` beside it; undefined: only the passphrase tells (old PEM formats). */
	readonly blob: Buffer | undefined;
	readonly comment: string;
	/** The private key; throws Error when the passphrase is wrong or missing. */
	unlock(passphrase?: string): ParsedKey;
};

/** Reads a key file. Throws Error: missing, not readable, or of a kind that cannot be used; the message never holds its content. */
export async function readKeyFile(path: string): Promise<KeyFile> {
	const beside = publicKeyLine(await readFile(`${path}.pub`, 'utf8').catch(() => ''));
	const text = await readFile(path).catch((error: unknown) => {
		if (beside === undefined) throw error;
		return undefined;
	});
	const line = text === undefined ? beside : publicKeyLine(text.toString('utf8'));
	if (text === undefined || line !== undefined) return publicHalf(path, line);
	const within = openSshPublicKey(text.toString('latin1'));
	const type = within === undefined ? '' : keyType(within);
	if (type.startsWith('sk-')) throw new Error(`it is a hardware key (${type}), which is not supported`);
	const parsed = ssh2.utils.parseKey(text);
	const encrypted = parsed instanceof Error && /no passphrase/i.test(parsed.message);
	if (parsed instanceof Error && !encrypted) throw new Error(reason(parsed));
	return {
		path,
		kind: encrypted ? 'encrypted' : 'plain',
		blob: within ?? (parsed instanceof Error ? beside?.blob : parsed.getPublicSSH()),
		comment: beside?.comment || (parsed instanceof Error ? '' : parsed.comment) || '',
		unlock(passphrase) {
			const key = ssh2.utils.parseKey(text, passphrase);
			if (key instanceof Error) throw new Error(reason(key));
			return key;
		},
	};
}

function publicHalf(path: string, line: PublicKeyLine | undefined): KeyFile {
	return {
		path,
		kind: 'public',
		blob: line?.blob,
		comment: line?.comment ?? '',
		unlock() {
			throw new Error('only its public half is there');
		},
	};
}

function reason(error: Error): string {
	return error.message === 'Unsupported key format'
		? 'it is damaged, or no key in OpenSSH or PEM format'
		: error.message;
}

type PublicKeyLine = {readonly blob: Buffer; readonly comment: string};

function publicKeyLine(line: string): PublicKeyLine | undefined {
	const [type = '', base64 = '', ...comment] = line.trim().split(/\s+/);
	const blob = Buffer.from(base64, 'base64');
	return type !== '' && keyType(blob) === type ? {blob, comment: comment.join(' ')} : undefined;
}

/** The public key that OpenSSH's own format keeps in clear beside the encrypted part (PROTOCOL.key). */
function openSshPublicKey(text: string): Buffer | undefined {
	const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
	if (base64 === undefined) return undefined;
	const data = Buffer.from(base64, 'base64');
	const magic = 'openssh-key-v1\0';
	if (data.toString('latin1', 0, magic.length) !== magic) return undefined;
	const header = data.subarray(magic.length);
	const [cipher, kdf, options] = sshStrings(header, 3);
	if (!cipher || !kdf || !options) return undefined;
	// Three strings with their lengths, then the number of keys.
	return sshStrings(header.subarray(3 * 4 + cipher.length + kdf.length + options.length + 4), 1)[0];
}
