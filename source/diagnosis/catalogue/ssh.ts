import type {CatalogueEntry} from '../catalogue-entry.ts';

export const sshFindings = {
	'ssh.refused': {
		severity: 'error',
		summary: 'The host answers, no SSH server on that port.',
		remedy: {text: 'Start sshd, or set the annotations `ssh-host` and `ssh-port`.'},
	},
	'ssh.timeout': {
		severity: 'error',
		summary: 'No answer, or no SSH handshake: firewall, wrong host, another service on the port.',
		remedy: {text: 'Open the port from here, or set `ssh-host` to the reachable address.'},
	},
	'ssh.host-unresolved': {
		severity: 'error',
		summary: "The SSH host's name does not resolve.",
		remedy: {text: 'Correct `ssh-host` or DNS.'},
	},
	'ssh.auth-failed': {
		severity: 'error',
		summary:
			'The server accepts none of the offered identities: wrong user or key, modes of `authorized_keys`, locked account.',
		remedy: {
			text: 'Install the key for this user; `~/.ssh` 700 and `authorized_keys` 600.',
			command: 'ssh-copy-id -i <key>.pub <user>@<host>',
		},
	},
	'ssh.key-unusable': {
		severity: 'error',
		summary: 'The private key cannot be used: missing, encrypted with no or a wrong passphrase, damaged.',
		remedy: {text: 'Give the passphrase, use ssh-agent, or another key.', command: 'ssh-keygen -y -f <key>'},
	},
	'ssh.host-key-unknown': {
		severity: 'error',
		summary: "The host's key is not in `known_hosts` and nobody was there to confirm it.",
		remedy: {text: 'Compare the fingerprint out of band, then accept.', command: 'ssh-keyscan -p <port> <host>'},
	},
	'ssh.host-key-changed': {
		severity: 'error',
		summary: "The host's key differs from the recorded one: rebuilt VM, reused IP, or an attack.",
		remedy: {
			text: "Verify on the VM's console (`ssh-keygen -lf`), then `ssh-keygen -R <host>` (`'[host]:2222'`) and accept anew.",
			command: 'ssh-keygen -lf',
		},
	},
	'ssh.no-common-algorithm': {
		severity: 'error',
		summary: 'Client and server share no algorithm: very old or hardened sshd.',
		remedy: {text: 'Upgrade sshd, or allow the algorithm for this host only.', command: 'ssh -vv <host>'},
	},
	'ssh.connection-lost': {
		severity: 'error',
		summary: 'The link broke during a step.',
		remedy: {text: 'Run again; steps already done are found and kept.'},
	},
	'ssh.sessions-exhausted': {
		severity: 'error',
		summary: 'The server opens no further channel on the connection (`MaxSessions`).',
		remedy: {text: 'Raise `MaxSessions`, or end left-over sessions. `sudo sshd -T` on the VM', command: 'sudo sshd -T'},
	},
	'ssh.copy-failed': {
		severity: 'error',
		summary: 'Files cannot be put on the VM: no `scp` at `scp-path` and no other way works, or the copy timed out.',
		remedy: {
			text: 'Install openssh-client(s), set `scp-path`, or switch on the SFTP subsystem.',
			command: 'command -v scp',
		},
	},
} as const satisfies Record<string, CatalogueEntry>;
