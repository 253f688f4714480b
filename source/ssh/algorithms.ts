import type {Algorithms, ServerHostKeyAlgorithm} from 'ssh2';

const hostKeys: readonly ServerHostKeyAlgorithm[] = [
	'ssh-ed25519',
	'ecdsa-sha2-nistp256',
	'ecdsa-sha2-nistp384',
	'ecdsa-sha2-nistp521',
	'rsa-sha2-512',
	'rsa-sha2-256',
];

/**
 * What is offered to servers: ssh2's defaults without SHA-1 (ssh-rsa, hmac-sha1) and compression. The types of host key that
 * known_hosts has come first, so that a server with several keys shows the one that can be checked (sshconnect2.c, order_hostkeyalgs).
 */
export function algorithms(recordedTypes: readonly string[]): Algorithms {
	const recorded = (name: string) => recordedTypes.includes(name.startsWith('rsa-sha2-') ? 'ssh-rsa' : name);
	return {
		serverHostKey: [...hostKeys.filter(recorded), ...hostKeys.filter((name) => !recorded(name))],
		hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
		compress: ['none'],
	};
}
