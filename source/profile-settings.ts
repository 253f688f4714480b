import {isIP} from 'node:net';
import {exitCodes, UserError} from './errors.ts';
import type {Profile} from './ports.ts';

/** A value that was refused, with what it should be: "must be a port, 1 to 65535, not 99999". */
export type Refused = {readonly refused: string};
type Accepted<T> = {readonly value: T};

/** One setting of a profile: how it is told to people, how a word of the command line becomes a value, and which values it takes. */
export type ProfileSetting<T = unknown> = {
	/** A clause for lists and help, e.g. "account with sudo that prepares VMs". */
	readonly meaning: string;
	/** From the command line; what it returns is checked like a value of the file. */
	readonly read: (word: string) => unknown;
	/** From a file, or from `read`. */
	readonly check: (value: unknown) => Accepted<T> | Refused;
};

const shown = (value: unknown) => String(JSON.stringify(value)).slice(0, 60);
const refuse = (expected: string, value: unknown): Refused => ({refused: `must be ${expected}, not ${shown(value)}`});

function text(meaning: string, expected: string, allowed: (value: string) => boolean): ProfileSetting<string> {
	return {
		meaning,
		read: (word) => word,
		check: (value) => (typeof value === 'string' && allowed(value) ? {value} : refuse(expected, value)),
	};
}

function list(
	meaning: string,
	expected: string,
	allowed: (value: string) => boolean,
): ProfileSetting<readonly string[]> {
	return {
		meaning,
		read: (word) => word.split(',').map((item) => item.trim()),
		check(value) {
			if (!Array.isArray(value)) return refuse(`a list of ${expected}`, value);
			const items: unknown[] = value;
			const strings = items.filter((item) => typeof item === 'string' && allowed(item)).map(String);
			return strings.length === items.length
				? {value: strings}
				: refuse(
						`a list of ${expected}`,
						items.find((item) => typeof item !== 'string' || !allowed(item)),
					);
		},
	};
}

function whole(meaning: string, what: string, from: number, to: number): ProfileSetting<number> {
	return {
		meaning,
		read: (word) => (/^\d+$/.test(word) ? Number(word) : word),
		check: (value) =>
			typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to
				? {value}
				: refuse(`${what}, ${from} to ${to}`, value),
	};
}

function choice<const T extends string>(meaning: string, words: readonly T[]): ProfileSetting<T> {
	return {
		meaning,
		read: (word) => word,
		check(value) {
			const found = words.find((word) => word === value);
			return found === undefined ? refuse(words.join(', '), value) : {value: found};
		},
	};
}

function yesNo(meaning: string): ProfileSetting<boolean> {
	const words = new Map([
		['true', true],
		['yes', true],
		['false', false],
		['no', false],
	]);
	return {
		meaning,
		read: (word) => words.get(word) ?? word,
		check: (value) => (typeof value === 'boolean' ? {value} : refuse('true or false', value)),
	};
}

// A leading dash would be read as an option by ssh -G; spaces and control characters are in none of these.
const plain = (value: string) => /^[^\s\p{Cc}-][^\s\p{Cc}]*$/u.test(value);
const label = (value: string) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value);
const objectName = (value: string) => /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(value);
const user = (value: string) => plain(value) && !value.includes(':');
// A pasted key has line breaks: only the name of its file is ever kept.
const path = (value: string) => /^[^\p{Cc}-][^\p{Cc}]*$/u.test(value);
const port = (digits: string | undefined) => digits === undefined || (Number(digits) >= 1 && Number(digits) <= 65_535);

function hostAndPort(value: string): boolean {
	if (isIP(value) !== 0) return true;
	const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s\p{Cc}:@[\]-][^\s\p{Cc}:@[\]]*))(?::(\d+))?$/u.exec(value);
	return match !== null && port(match[3]) && (match[1] === undefined || isIP(match[1]) === 6);
}

function jumpHost(value: string): boolean {
	const at = value.lastIndexOf('@');
	return (at < 0 || user(value.slice(0, at))) && hostAndPort(value.slice(at + 1));
}

/** The themes of the screens. */
export const themeNames = ['auto', 'dark', 'light', 'high-contrast'] as const;

/** Every setting that a profile may have; names are the flags' long names in camelCase. None holds a secret. */
export const profileSettings = {
	kubeconfig: text('kubeconfig file', 'the name of a file', path),
	context: text('kubeconfig context', 'the name of a context', path),
	namespaces: list('namespaces to list; all when not set', 'namespaces', label),
	istioNamespace: text('namespace of istiod', 'a namespace', label),
	revision: text('revision of istiod', 'a revision', label),
	sshUser: text('account on the VMs', 'a user name', user),
	sshPort: whole('SSH port of the VMs', 'a port', 1, 65_535),
	sshKey: text('private key file; ssh-agent and the default keys when not set', 'the name of a file', path),
	sshPassword: yesNo('log in with a password that is asked for, with no key'),
	sshConnectTimeout: whole('seconds until an SSH connection must stand', 'a number of seconds', 1, 3600),
	jump: list('jump hosts in order', '[user@]host[:port]', jumpHost),
	hostKeys: choice('what an unknown host key meets', ['strict', 'accept-new', 'ask']),
	knownHosts: text('known_hosts file', 'the name of a file', path),
	adminUser: text('account with sudo that prepares VMs', 'a user name', user),
	layout: choice("how the proxy runs: container, or the service of Istio's package", ['container', 'package']),
	imageHub: text('registry and folder of the proxy image', 'an image hub such as docker.io/istio', plain),
	probeImage: text(
		'image of a probe pod: sh, with curl, wget or nc',
		'an image such as docker.io/library/busybox',
		plain,
	),
	runtime: choice('what runs the proxy on the VMs', ['docker', 'podman']),
	gateway: text('gateway that VMs reach istiod through', 'ADDRESS or ADDRESS:PORT', hostAndPort),
	parallel: whole('VMs at a time', 'a number', 1, 100),
	timeout: whole('seconds that one step may take', 'a number of seconds', 1, 86_400),
	duration: whole('lifetime of the token, in seconds', 'seconds', 600, 315_360_000),
	meshConfigMapName: text('ConfigMap of the mesh, `istio` when not set', 'the name of a ConfigMap', objectName),
	injectConfigMapName: text(
		'ConfigMap of the injector, `istio-sidecar-injector` when not set',
		'the name of a ConfigMap',
		objectName,
	),
	readOnly: yesNo('change nothing on VMs and cluster'),
	theme: choice('colours of the screens, from the next start on', themeNames),
	ascii: yesNo('screens of nothing but ASCII, from the next start on'),
	mouse: yesNo('wheel and clicks for the screens, from the next start on'),
	screenReader: yesNo('lines for a screen reader in place of screens, from the next start on'),
} satisfies {readonly [K in keyof Profile]-?: ProfileSetting<NonNullable<Profile[K]>>};

export type SettingName = keyof typeof profileSettings;

/** The names of all settings, in the order in which they are shown. */
export const settingNames = Object.keys(profileSettings).filter(isSettingName);

export function isSettingName(name: string): name is SettingName {
	return Object.hasOwn(profileSettings, name);
}

/** The names that a profile may have: a letter or digit, then also dots, dashes and underscores; 63 at most. */
export function isProfileName(name: string): boolean {
	return /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name);
}

/** There is no such profile: says which there are. */
export function unknownProfile(name: string, known: readonly string[]): UserError {
	return new UserError({
		code: 'usage',
		message: `There is no profile ${JSON.stringify(name)}.`,
		exitCode: exitCodes.usage,
		hint:
			known.length === 0 ? `Make it: meshboard profile set ${name} SETTING=VALUE` : `There is: ${known.join(', ')}.`,
	});
}
