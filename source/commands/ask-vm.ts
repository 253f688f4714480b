import {openConnector} from '../compose.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {Draft} from '../mesh/build/draft.ts';
import type {EntryField} from '../mesh/build/entry.ts';
import {isIp} from '../mesh/ip.ts';
import {sanitise} from '../output/sanitise.ts';
import type {SshDestination} from '../ports.ts';
import {offersOf, type VmOffers} from '../vm/offers.ts';
import {parseProbe} from '../vm/parse-probe.ts';
import {probeCommand} from '../vm/probe.ts';
import {askAtTerminal} from './ask.ts';
import type {CreateFlags} from './create-flags.ts';
import {printTable} from './print.ts';
import {settingsOf} from './with-cluster.ts';

/**
 * Connects to a machine, says on standard error what it reports, and answers what an entry may take of it: the host to SSH to,
 * the address that pods use when the host is an IP, and the IP that the proxy can bind. Throws UserError `ssh.*`.
 */
export async function askVm(flags: CreateFlags, host: string): Promise<Draft<EntryField>> {
	const connector = await openConnector(process.env);
	const vm = await connector.connect(destinationOf(flags, host), {prompts: {ask: askAtTerminal}});
	try {
		const asked = {configDir: '/etc/istio-proxy', runtime: 'docker', image: 'proxyv2'} as const;
		const {code, stdout, stderr} = await vm.exec(probeCommand(asked));
		if (code !== 0) {
			throw new UserError({
				code: 'ask-vm',
				message: `${vm.description} could not be asked: its shell ended with ${code ?? 'no code'}.`,
				hint: 'Give the addresses by hand: --address, --instance-ip, --ssh-host',
				exitCode: exitCodes.someFailed,
				evidence: [{source: 'standard error', text: sanitise(stderr.slice(0, 500))}],
			});
		}
		const offers = offersOf(parseProbe(stdout, asked), settingsOf(flags).sshPort);
		tell(vm.description, offers);
		return draftOf(host, offers);
	} finally {
		vm.close();
	}
}

/** The address that pods use is nobody's but the asker's to know: the host's own IP is the best guess, and shown before it is used. */
function draftOf(host: string, {addresses, apps}: VmOffers): Draft<EntryField> {
	const own = addresses.some(({address}) => address === host) ? host : addresses[0]?.address;
	const [app] = apps.length === 1 ? apps : [];
	return {
		sshHost: host,
		...(isIp(host) ? {address: host} : own === undefined ? {} : {address: own}),
		...(own === undefined ? {} : {instanceIp: own}),
		...(app === undefined ? {} : {ports: `http=${app.port}`}),
	};
}

/** A machine that is not prepared yet has no proxy's account: the admin account goes first. */
function destinationOf(flags: CreateFlags, host: string): SshDestination {
	const {adminUser, sshUser, sshPort, sshKey, jump, hostKeys, knownHosts} = settingsOf(flags);
	const user = flags.sshUser ?? adminUser ?? sshUser;
	return {
		host,
		hostKeys: hostKeys ?? 'ask',
		...(user === undefined ? {} : {user}),
		...(sshPort === undefined ? {} : {port: sshPort}),
		...(sshKey === undefined ? {} : {key: sshKey}),
		...(jump === undefined ? {} : {jump}),
		...(knownHosts === undefined ? {} : {knownHosts}),
	};
}

function tell(description: string, {addresses, apps}: VmOffers): void {
	process.stderr.write(`${description} reports:\n`);
	const rows = [
		...addresses.map(({interface: name, address}) => ['address', address, name]),
		...apps.map(({address, port, process: name}) => ['listens', `${address}:${port}`, name]),
	];
	if (rows.length === 0) process.stderr.write('no address and no application that others could reach\n');
	else printTable(['WHAT', 'WHERE', 'OF'], rows, process.stderr);
}
