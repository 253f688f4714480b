import {type Command, InvalidArgumentError, Option} from 'commander';
import {exitCodes, UserError} from '../errors.ts';
import type {Layout} from '../mesh/target.ts';
import type {Environment} from '../paths.ts';
import type {Profile, Profiles} from '../ports.ts';
import {profileSettings, type SettingName, settingNames} from '../profile-settings.ts';

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
};

/** The flags of commands that reach a VM. */
export type ConnectionFlags = {
	sshUser?: string;
	sshPort?: number;
	sshKey?: string;
	jump?: readonly string[];
	hostKeys?: 'strict' | 'accept-new' | 'ask';
	adminUser?: string;
	layout?: Layout;
	imageHub?: string;
	gateway?: string;
	parallel?: number;
	timeout?: number;
	duration?: number;
};

export function addGlobalFlags(program: Command): Command {
	return program
		.option('--profile <name>', 'connection profile (or MESHBOARD_PROFILE)')
		.option('--kubeconfig <file>', 'kubeconfig file')
		.option('--context <name>', 'kubeconfig context')
		.option('-n, --namespace <name>', 'namespace')
		.option('-A, --all-namespaces', 'all namespaces')
		.option('-i, --istioNamespace <name>', 'namespace of istiod (istio-system)')
		.option('--revision <name>', 'revision of the control plane')
		.option('--read-only', 'refuse whatever would change a VM or the cluster')
		.option('--no-color', 'plain text without colours')
		.option('--verbose', 'say more about what went wrong');
}

export function addConnectionFlags(command: Command): Command {
	return command
		.option('-u, --ssh-user <name>', 'SSH user (istio-proxy)')
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
		.option('--gateway <address>', "the gateway's address for VMs, ADDRESS[:PORT]")
		.option('--parallel <n>', 'VMs at once (8)', wholeNumber(1, 100))
		.option('--timeout <seconds>', 'limit of one step (60)', wholeNumber(1, 86_400));
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
			refuseUnfit(flagOf(name), name, value);
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

/** The long name of a setting's flag; `--istioNamespace` is istioctl's. */
function flagOf(name: SettingName): string {
	return name === 'istioNamespace'
		? '--istioNamespace'
		: `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
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
