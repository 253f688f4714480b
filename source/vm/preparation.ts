import {keyIn} from './admin-probe.ts';
import {quote} from './quote.ts';

/** A name that useradd(8) takes. Anything else, from an annotation say, is never handed to root. */
export function isUserName(name: string): boolean {
	return /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(name);
}

/**
 * A path that may become the account's directory: absolute, without `..`, and not at the top of the tree, where only what is
 * shared lies. An annotation that names `/etc` must not make istio-proxy its owner; `holdsOthers` of the facts sees to the rest.
 */
export function isOwnPath(path: string): boolean {
	const parts = path.split('/').filter((part) => part !== '' && part !== '.');
	return path.startsWith('/') && parts.length >= 2 && !parts.includes('..') && !/[\u0000-\u001F\u007F]/.test(path);
}

/**
 * Makes the account with home and a group of its name. `/bin/sh` is everywhere. Its password is `*`, which none matches: without
 * one it would be `!`, a locked account, whose key sshd refuses where it has `UsePAM no` (sshd(8), "LOGIN PROCESS").
 */
export function addUser(user: string): string {
	return `useradd --create-home --user-group --shell /bin/sh --password '*' ${user}`;
}

/** Gives an account that is locked for want of a password the one that none matches, as `addUser` does. */
export function unlockUser(user: string): string {
	return `usermod --password '*' ${user}`;
}

/** Makes the home of an account that has none. */
export function addHome(user: string): string {
	return `sh -c ${quote(`mkdir -p -m 750 ~${user} && chown -h ${user}: ~${user}`)}`;
}

/** Gives the account what is in its `.ssh`; symbolic links themselves, not what they point to. */
export function ownSshDirectory(user: string): string {
	return `sh -c ${quote(`chown -hR ${user}: ~${user}/.ssh`)}`;
}

/**
 * Puts a public key into `authorized_keys` beside those that are there, with the modes that sshd wants. Run as the account
 * itself, so that root follows no link that it laid; written aside and renamed, so that at no moment a key is missing.
 */
export function authorizeKey(user: string, key: {readonly id: string; readonly line: string}): string {
	const script = [
		'umask 077; mkdir -p ~/.ssh && chmod 700 ~/.ssh && cd ~/.ssh && touch authorized_keys || exit',
		`key=${quote(key.id)}; line=${quote(key.line)}`,
		// awk ends a last line that has no newline; a full disk fails here, before anything is replaced.
		`{ awk 1 authorized_keys && { ${keyIn('authorized_keys')} || echo "$line"; }; } >authorized_keys.new && mv -f authorized_keys.new authorized_keys`,
	].join('\n');
	return `su -s /bin/sh -c ${quote(script)} ${user}`;
}

export const addDockerGroup = 'groupadd --system docker';

export function joinDockerGroup(user: string): string {
	return `usermod -aG docker ${user}`;
}

export const startDocker = 'systemctl enable --now docker';

/** systemd starts the account's services with the machine, and does not end them with its last session (loginctl(1)). */
export function linger(user: string): string {
	return `loginctl enable-linger ${user}`;
}

/** What `systemctl --user enable podman-restart.service` does, without the bus of a session: podman starts the account's containers at boot. */
export function restartContainers(user: string): string {
	const wants = '~/.config/systemd/user/default.target.wants';
	const script = `mkdir -p ${wants} && ln -sf /usr/lib/systemd/user/podman-restart.service ${wants}/`;
	return `su -s /bin/sh -c ${quote(script)} ${user}`;
}

/** The commands that make a directory the account's, mode 775; each is needed only where that is not so yet. */
export function directoryCommands(directory: string, user: string) {
	const dir = quote(directory);
	return {make: `mkdir -p ${dir}`, own: `chown -h ${user}: ${dir}`, open: `chmod 775 ${dir}`};
}
