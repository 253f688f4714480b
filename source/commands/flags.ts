import {type Command, InvalidArgumentError, Option} from 'commander';
import {exitCodes, UserError} from '../errors.ts';
import {durationSeconds} from '../mesh/duration.ts';
import {splitHostPort} from '../mesh/ip.ts';
import {flagOf} from '../mesh/settings.ts';
import {readableSeconds} from '../output/readable-seconds.ts';
import type {Environment} from '../paths.ts';
import type {HostKeyPolicy, Layout, Profile, Profiles, ThemeName} from '../ports.ts';
import {profileSettings, type SettingName, settingNames, themeNames} from '../profile-settings.ts';

/** The flags that every command knows, as commander hands them over. */
export type GlobalFlags = {
	profile?: string;
	kubeconfig?: string;
	context?: string;
	namespace?: string;
	allNamespaces?: boolean;
	istioNamespace?: string;
	revision?: string;
	readOnly?: boolean;
	verbose?: boolean;
	/** False for --no-color. */
	color?: boolean;
	theme?: ThemeName;
	ascii?: boolean;
	screenReader?: boolean;
	mouse?: boolean;
};

/** The flags of commands that reach a VM. */
export type ConnectionFlags = {
	sshUser?: string;
	sshPort?: number;
	sshKey?: string;
	jump?: readonly string[];
	/** `ignore` is said with a flag of its own, of `bootstrap`. */
	hostKeys?: HostKeyPolicy;
	sshPassword?: boolean;
	sshConnectTimeout?: number;
	meshConfigMapName?: string;
	injectConfigMapName?: string;
	adminUser?: string;
	layout?: Layout;
	imageHub?: string;
	probeImage?: string;
	runtime?: 'docker' | 'podman';
	gateway?: string;
	parallel?: number;
	timeout?: number;
	duration?: number;
};

export function addGlobalFlags(program: Command): Command {
	return program
		.option('--profile <name>', 'connection profile (or MESHBOARD_PROFILE)')
		.option('--kubeconfig <file>', 'kubeconfig file; empty: that of KUBECONFIG, not of the profile')
		.option('--context <name>', 'kubeconfig context')
		.option('-n, --namespace <name>', 'namespace')
		.option('-A, --all-namespaces', 'all namespaces')
		.option('-i, --istioNamespace <name>', 'namespace of istiod (istio-system)')
		.option('--revision <name>', 'revision of the control plane')
		.option('--read-only', 'refuse whatever would change a VM or the cluster')
		.option('--no-color', 'no colours on the screens (or NO_COLOR)')
		.addOption(new Option('--theme <name>', 'colours of the screens (or MESHBOARD_THEME)').choices(themeNames))
		.option('--ascii', 'screens of nothing but ASCII, as where the locale is not UTF-8')
		.option('--mouse', 'wheel and clicks for the screens; without it the mouse is left to the terminal')
		.option('--screen-reader', 'in place of screens lines that are read out as they come, without boxes')
		.option('--verbose', 'say more about what went wrong');
}

/** `user`: whose account is meant where none is named, for the help. */
export function addConnectionFlags(command: Command, user = 'istio-proxy'): Command {
	return command
		.option('-u, --ssh-user <name>', `SSH user (${user})`)
		.option('--ssh-port <port>', 'SSH port', wholeNumber(1, 65_535))
		.option('-k, --ssh-key <file>', 'private key; else ssh-agent, ~/.ssh/config, the default names')
		.option('--jump <hosts>', 'jump hosts in order, [user@]host[:port], separated by commas', (value: string) =>
			value.split(',').map((host) => host.trim()),
		)
		.addOption(
			new Option('--host-keys <policy>', 'unknown host keys: ask in a terminal, strict without').choices([
				'strict',
				'accept-new',
				'ask',
			]),
		)
		.option('--admin-user <name>', 'the account with sudo that prepares the VM')
		.option('--image-hub <hub>', "hub of the proxy's image instead of the mesh's")
		.addOption(
			new Option('--runtime <program>', 'what runs the proxy on the VM (docker)').choices(['docker', 'podman']),
		)
		.option('--gateway <address>', "the gateway's address for VMs, ADDRESS[:PORT]")
		.option('--parallel <n>', 'VMs at once (8; 32 where they are only looked at)', wholeNumber(1, 100))
		.option('--timeout <duration>', 'limit of one step (60s)', duration(1, 86_400));
}

/** `--layout`, of the commands that know both. */
export function layoutOption(): Option {
	return new Option(
		'--layout <layout>',
		"how the proxy runs: container, or package (the service of Istio's .deb or .rpm)",
	).choices(['container', 'package']);
}

/** `--image`, of the commands that bring the proxy's image to a VM. */
export function imageOption(): Option {
	return new Option(
		'--image <file>',
		"load the proxy's image over SSH from this file of docker save or podman save (.tar, .tar.gz), in place of a pull",
	);
}

/** `--reach`, of the commands that look at a proxy. */
export function reachOption(): Option {
	return new Option(
		'--reach <host[:port]>',
		'a destination that applications on the VM are to reach; may be given again',
	).argParser((word: string, before: readonly string[] = []) => {
		const {host, port} = splitHostPort(word);
		if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host) || (port !== undefined && (port < 1 || port > 65_535)))
			throw new InvalidArgumentError('It takes a host with or without a port, for instance details.bookinfo:9080.');
		return [...before, word];
	});
}

/** `--undo`, of `prepare`: nothing is brought to a VM from which everything is taken. */
export function undoOption(): Option {
	return new Option(
		'--undo',
		'take back what meshboard did on the VMs, by their own record; what others use is left',
	).conflicts(['image', 'startApp']);
}

/** A parser of whole numbers for commander; its error names the bounds. */
export function wholeNumber(least: number, most: number): (value: string) => number {
	return (value) => {
		const number = Number(value);
		if (!/^\d+$/.test(value) || number < least || number > most)
			throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
		return number;
	};
}

/** A parser of durations as Go writes them (`24h0m0s`, `90m`), or plain seconds; answers whole seconds, rounded up. */
export function duration(least: number, most: number): (value: string) => number {
	return (value) => {
		const seconds = durationSeconds(value);
		if (seconds === undefined || seconds < least || seconds > most)
			throw new InvalidArgumentError(
				`It takes a duration such as 90s, 1h30m or 24h, or whole seconds, from ${least} s to ${readableSeconds(most)}.`,
			);
		return Math.ceil(seconds);
	};
}

/**
 * What the command line said, with the names that a profile has; absent flags are absent. Throws UserError `usage` for a value that
 * a profile could not hold: an unset variable in a script must not ask another namespace or cluster than was meant.
 */
export function flagsAsProfile(flags: GlobalFlags & ConnectionFlags): Profile {
	const {namespace} = flags;
	if (namespace !== undefined) refuseUnfit('--namespace', 'istioNamespace', namespace);
	const namespaces = flags.allNamespaces === true ? [] : namespace === undefined ? undefined : [namespace];
	const said: Profile = {...flags, namespaces};
	return Object.fromEntries(
		settingNames.flatMap((name) => {
			const value = said[name];
			if (value === undefined) return [];
			// No profile may hold these: the first is for one call; the second is as for kubectl, KUBECONFIG or ~/.kube/config whatever a profile names.
			const forOneCall = (name === 'hostKeys' && value === 'ignore') || (name === 'kubeconfig' && value === '');
			if (!forOneCall) refuseUnfit(flagOf(name, value), name, value);
			return [[name, value]];
		}),
	);
}

function refuseUnfit(flag: string, setting: SettingName, value: unknown): void {
	const outcome = profileSettings[setting].check(value);
	if (!('refused' in outcome)) return;
	throw new UserError({
		code: 'usage',
		message: `${flag} ${outcome.refused}.`,
		hint: 'Every command and flag: meshboard --help, meshboard COMMAND --help',
		exitCode: exitCodes.usage,
	});
}

/** The profile that the command line or MESHBOARD_PROFILE names, else the one in use; an unknown name is an error (exit 78). */
export function chooseProfile(
	flags: GlobalFlags,
	env: Environment,
	profiles: Profiles,
): {name: string; profile: Profile} {
	const wanted = flags.profile ?? (env.MESHBOARD_PROFILE || undefined);
	const name = wanted ?? profiles.current();
	const profile = profiles.get(name);
	if (profile === undefined && wanted !== undefined) {
		const names = profiles.list().map((known) => known.name);
		throw new UserError({
			code: 'usage',
			message: `There is no profile ${JSON.stringify(wanted)}.`,
			hint:
				names.length === 0
					? `Make it: meshboard profile set ${wanted} --context <name>`
					: `Profiles: ${names.join(', ')}`,
			exitCode: exitCodes.configuration,
		});
	}
	return {name, profile: profile ?? {}};
}
