import {exitCodes, UserError} from '../../errors.ts';
import {sanitise} from '../../output/sanitise.ts';
import type {Connector, Profile, Prompts, SshDestination} from '../../ports.ts';
import {offersOf, type VmOffers} from '../../vm/offers.ts';
import {parseProbe} from '../../vm/parse-probe.ts';
import {probeCommand} from '../../vm/probe.ts';

/** What a machine said of itself; `description`: `user@host:port`, as it was reached. */
export type VmReport = VmOffers & {readonly description: string};

/** A machine that is to be asked; what is not said comes from the settings. */
export type VmPlace = {readonly host: string; readonly port?: number; readonly user?: string};

/** Connects to a machine and asks it what it is. Throws UserError `ssh.*`, and `ask-vm` where its shell cannot answer. */
export async function askVm(connector: Connector, destination: SshDestination, prompts: Prompts): Promise<VmReport> {
	const vm = await connector.connect(destination, {prompts});
	try {
		const asked = {configDir: '/etc/istio-proxy', runtime: 'docker', image: 'proxyv2'} as const;
		const {code, stdout, stderr} = await vm.exec(probeCommand(asked));
		if (code !== 0) {
			throw new UserError({
				code: 'ask-vm',
				message: `${vm.description} could not be asked: its shell ended with ${code ?? 'no code'}.`,
				hint: 'Give the addresses by hand: address, instance-ip, ssh-host.',
				exitCode: exitCodes.someFailed,
				evidence: [{source: 'standard error', text: sanitise(stderr.slice(0, 500))}],
			});
		}
		return {description: vm.description, ...offersOf(parseProbe(stdout, asked), destination.port)};
	} finally {
		vm.close();
	}
}

/** Where to connect: a machine that is not prepared yet has no proxy's account, so that the admin account goes before the settings' user. */
export function placeOf(settings: Profile, {host, port, user}: VmPlace): SshDestination {
	const {adminUser, sshUser, sshPort, sshKey, jump, hostKeys, knownHosts} = settings;
	const account = user ?? adminUser ?? sshUser;
	const at = port ?? sshPort;
	return {
		host,
		hostKeys: hostKeys ?? 'ask',
		...(account === undefined ? {} : {user: account}),
		...(at === undefined ? {} : {port: at}),
		...(sshKey === undefined ? {} : {key: sshKey}),
		...(jump === undefined ? {} : {jump}),
		...(knownHosts === undefined ? {} : {knownHosts}),
	};
}
