import ssh2 from 'ssh2';

/** Keys in OpenSSH's form. */
export type KeyPair = {readonly private: string; readonly public: string};

/**
 * A new ed25519 key pair. ssh2 1.17 makes some that it cannot read itself ("Malformed OpenSSH private key"; 6 of 1,500 measured),
 * so each is read once before it is used.
 */
export function makeKeyPair(comment = ''): KeyPair {
	for (;;) {
		const pair = ssh2.utils.generateKeyPairSync('ed25519', {comment});
		if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
	}
}
