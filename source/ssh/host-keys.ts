import {randomBytes} from 'node:crypto';
import {exitCodes, UserError} from '../errors.ts';
import type {HostKeyPolicy, Prompts} from '../ports.ts';
import type {HostSettings} from './host-settings.ts';
import {fingerprint, keyType} from './key-blob.ts';
import {
	judgeHostKey,
	type KnownHost,
	knownHostsLine,
	recordedName,
	recordedTypes,
	type Verdict,
} from './known-hosts.ts';
import {appendKnownHost, readKnownHosts} from './known-hosts-files.ts';
import type {SharedTasks} from './shared-tasks.ts';

/** How the host keys of one connection are checked. */
export type HostKeyRules = {
	readonly policy: HostKeyPolicy;
	/** Replaces the user's files of ssh_config. */
	readonly knownHosts: string | undefined;
	readonly prompts: Prompts;
	/** Shared by all connections of a connector, so that a key is asked about and saved once. */
	readonly decisions: SharedTasks<void>;
	/** Fingerprints by host that were taken without being saved (policy `ignore`), of the same connector. */
	readonly taken: Map<string, string>;
	readonly signal: AbortSignal | undefined;
};

/** The check of one host's key against known_hosts; fails closed. */
export type HostKeyCheck = {
	/** Types of the recorded keys, which the server should be asked for first. */
	readonly recordedTypes: readonly string[];
	/** Resolves when the key may be trusted; throws UserError `ssh.host-key-unknown` or `ssh.host-key-changed`. */
	verify(key: Buffer): Promise<void>;
};

/** Reads the known_hosts files and returns the check for a host under its own name (after HostName and HostKeyAlias). */
export async function hostKeyCheck(settings: HostSettings, rules: HostKeyRules): Promise<HostKeyCheck> {
	const userFiles = rules.knownHosts === undefined ? settings.userKnownHosts : [rules.knownHosts];
	const files = [...userFiles, ...settings.globalKnownHosts];
	const name = settings.hostKeyAlias?.toLowerCase() ?? recordedName(settings.host, settings.port);
	const types = recordedTypes(await readKnownHosts(files), name);
	return {
		recordedTypes: types,
		verify: async (key) => {
			const verdict = judgeHostKey(await readKnownHosts(files), name, key);
			if (verdict.kind === 'trusted') return;
			if (verdict.kind !== 'unknown') throw changed(name, key, verdict, settings);
			if (rules.policy === 'ignore') return takeUnsaved(name, key, verdict, settings, rules.taken);
			const file = userFiles[0];
			if (file === undefined) throw unknown(name, key, verdict, settings, 'no file to save it in');
			await rules.decisions.run(
				`${file} ${name} ${fingerprint(key)}`,
				async (signal) => {
					await decide(name, key, verdict, settings, rules, signal);
					// Another connection may have saved it while this one was on its way.
					if (judgeHostKey(await readKnownHosts([file]), name, key).kind === 'trusted') return;
					await appendKnownHost(file, knownHostsLine(name, key, settings.hashKnownHosts ? randomBytes(20) : undefined));
				},
				rules.signal,
			);
		},
	};
}

type Unknown = Extract<Verdict, {kind: 'unknown'}>;

/**
 * A host that is known by a key of another type is not new: accept-new does not take its key (stricter than OpenSSH, which
 * only adds a line to its question), since someone in between could choose the type.
 */
async function decide(
	name: string,
	key: Buffer,
	verdict: Unknown,
	settings: HostSettings,
	{policy, prompts}: HostKeyRules,
	signal: AbortSignal,
): Promise<void> {
	if (policy === 'accept-new' && verdict.others.length === 0) return;
	if (policy !== 'ask') throw unknown(name, key, verdict, settings, `the policy is ${policy}`);
	const type = keyType(key);
	const answer = await prompts.ask(
		{
			kind: 'confirm',
			id: `ssh.host-key ${name} ${fingerprint(key)}`,
			title: `Trust the SSH host key of ${name}?`,
			detail: [
				`${type} ${fingerprint(key)}`,
				...notes(verdict).map(({text}) => text),
				`Compare on the host's console: ssh-keygen -lf /etc/ssh/ssh_host_${type.replace(/^ssh-|-.*$/g, '')}_key.pub`,
			].join('\n'),
		},
		signal,
	);
	if (answer === undefined) throw unknown(name, key, verdict, settings, 'nobody confirmed it');
}

/**
 * `--ignore-host-keys`: a key that nothing is known against is taken, for this sitting. A host that is recorded with another key, of
 * whatever type, or that showed another one before, is not unknown but changed: that is refused, as the flag's purpose is new VMs.
 */
function takeUnsaved(
	name: string,
	key: Buffer,
	verdict: Unknown,
	settings: HostSettings,
	taken: Map<string, string>,
): void {
	if (verdict.others.length > 0) {
		throw unknown(name, key, verdict, settings, 'the host is recorded with a key of another type');
	}
	const before = taken.get(name) ?? fingerprint(key);
	taken.set(name, before);
	if (before === fingerprint(key)) return;
	throw new UserError({
		code: 'ssh.host-key-changed',
		message: `The host key of ${name} is not the one that it showed a moment ago: several machines behind one address, or an attack.`,
		exitCode: exitCodes.notPermitted,
		hint: "Verify the key on the VM's console (ssh-keygen -lf), and do without --ignore-host-keys.",
		evidence: [
			{source: `${settings.host}:${settings.port}`, text: `shows ${keyType(key)} ${fingerprint(key)}`},
			{source: 'before', text: before},
		],
	});
}

function notes(verdict: Unknown): Array<{source: string; text: string}> {
	return [
		...verdict.others.map((other) => ({
			source: place(other),
			text: `the host is recorded with a key of another type: ${keyType(other.key)} ${fingerprint(other.key)}`,
		})),
		...verdict.authorities.map((authority) => ({
			source: place(authority),
			text: 'the host has a certificate authority; host certificates are not supported, so its plain key must be known',
		})),
	];
}

function unknown(name: string, key: Buffer, verdict: Unknown, settings: HostSettings, why: string): UserError {
	return new UserError({
		code: 'ssh.host-key-unknown',
		message: `The host key of ${name} is not in known_hosts, and ${why}.`,
		exitCode: exitCodes.notPermitted,
		hint: `Compare the fingerprint with the host's console, then connect once with \`ssh -p ${settings.port} ${settings.user}@${settings.host}\` or \`--host-keys ask\`.`,
		evidence: [{source: 'host key', text: `${keyType(key)} ${fingerprint(key)}`}, ...notes(verdict)],
	});
}

function changed(
	name: string,
	key: Buffer,
	verdict: Extract<Verdict, {by: KnownHost}>,
	settings: HostSettings,
): UserError {
	const {by} = verdict;
	const revoked = verdict.kind === 'revoked';
	return new UserError({
		code: 'ssh.host-key-changed',
		message: revoked
			? `The host key of ${name} is revoked in ${place(by)}: it must not be used.`
			: `The host key of ${name} is not the recorded one: a rebuilt VM, a reused address, or an attack.`,
		exitCode: exitCodes.notPermitted,
		hint: revoked
			? 'Give the host a new key.'
			: `Verify the key on the VM's console (ssh-keygen -lf), then \`ssh-keygen -R '${name}' -f ${by.file}\` and accept anew.`,
		evidence: [
			{source: `${settings.host}:${settings.port}`, text: `shows ${keyType(key)} ${fingerprint(key)}`},
			{source: place(by), text: `${revoked ? 'revokes' : 'records'} ${keyType(by.key)} ${fingerprint(by.key)}`},
		],
	});
}

function place({file, line}: KnownHost): string {
	return `${file}:${line}`;
}
