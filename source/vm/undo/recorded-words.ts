/** What is taken back for a line of the record (see record.ts), in words; what machines alone need is left out. Total. */
export function recordedWords(line: string): string {
	const [kind = '', what = '', ...rest] = line.split(' ');
	const path = rest.slice(2).join(' ');
	switch (kind) {
		case 'directory':
		case 'home':
			return what === 'made' ? rest.join(' ') : `${what} of ${path}, ${rest[0] ?? ''} again`;
		case 'account':
			return `account ${what} with its home`;
		case 'key':
			return `public key of ${what}`;
		case 'unlocked':
			return `password of ${what}, locked again`;
		case 'member':
			return `${what} in group ${rest[0] ?? ''}`;
		case 'linger':
			return `lingering of ${what}`;
		case 'data':
			return `${what}, data of the engine`;
		case 'enabled':
			return `service ${what}, started with the machine`;
		case 'started':
			return `service ${what}, running`;
		case 'example':
			return `container ${what}`;
		default:
			return line.startsWith('before.') ? 'what a run did that was broken off' : `${kind} ${what}`;
	}
}
