import {access} from 'node:fs/promises';
import {join} from 'node:path';
import ssh2 from 'ssh2';
import type {Prompts} from '../ports.ts';
import {type AgentKey, listAgentKeys} from './agent.ts';
import type {HostSettings} from './host-settings.ts';
import {keyType} from './key-blob.ts';
import {type KeyFile, readKeyFile} from './key-file.ts';
import {type Passphrases, unusableKey} from './passphrases.ts';

/** A key pair to offer: its public half first; the private half (and its passphrase) only once the server wants it. */
export type Identity = {
	/** Where it comes from, for people: a path, or the agent. */
	readonly source: string;
	readonly comment: string;
	/** Throws UserError `ssh.key-unusable`. */
	publicKey(): Promise<Buffer>;
	/** `hash` is for RSA: which of its signatures the server takes. Throws UserError `ssh.key-unusable`, or the agent's Error. */
	sign(data: Buffer, hash: 'sha1' | 'sha256' | 'sha512' | undefined): Promise<Buffer>;
};

/** What is offered, in order, and what was passed over with the reason. */
export type Identities = {readonly offered: readonly Identity[]; readonly skipped: readonly Skipped[]};
type Skipped = {readonly source: string; readonly text: string};

export type Keyring = {
	readonly home: string;
	readonly passphrases: Passphrases;
	readonly prompts: Prompts;
	readonly signal: AbortSignal | undefined;
};

/**
 * An explicit key comes first, and alone unless `others` (a jump host, which may know other keys). Then ssh-agent, with the keys
 * that IdentityFile names in front, then the IdentityFiles. Throws UserError `ssh.key-unusable` for an explicit key that cannot be read.
 */
export async function identitiesFor(
	settings: HostSettings,
	explicit: {readonly key: string | undefined; readonly others: boolean},
	keyring: Keyring,
): Promise<Identities> {
	const skipped: Skipped[] = [];
	const agentKeys = await usableAgentKeys(settings.agent, skipped);
	const fromAgent = (key: AgentKey) => agentIdentity(settings.agent ?? '', key);
	const held = (file: KeyFile) => agentKeys.find(({blob}) => file.blob?.equals(blob));
	const identity = (file: KeyFile) => {
		const key = held(file);
		return key === undefined ? fileIdentity(file, keyring) : fromAgent(key);
	};
	const chosen = explicit.key === undefined ? undefined : await explicitKey(explicit.key, keyring.home);
	if (chosen?.kind === 'public' && !held(chosen))
		throw unusableKey(chosen.path, 'only its public half is there, and no agent holds the other');
	const first = chosen === undefined ? [] : [identity(chosen)];
	if (chosen !== undefined && !explicit.others) return {offered: first, skipped};
	const paths = settings.identityFiles.filter((path) => path !== chosen?.path);
	const files = (await Promise.all(paths.map((path) => identityFile(path, skipped)))).flat().filter((file) => {
		const usable = file.kind !== 'public' || held(file) !== undefined;
		if (!usable)
			skipped.push({
				source: file.path,
				text: 'not offered: only its public half is there, and no agent holds the other',
			});
		return usable;
	});
	const named = [chosen, ...files].flatMap((file) => file?.blob ?? []);
	const rest = settings.identitiesOnly ? [] : agentKeys.filter((key) => !named.some((blob) => blob.equals(key.blob)));
	const inAgent = files.filter((file) => held(file) !== undefined);
	const alone = files.filter((file) => held(file) === undefined);
	return {offered: [...first, ...inAgent.map(identity), ...rest.map(fromAgent), ...alone.map(identity)], skipped};
}

async function explicitKey(key: string, home: string): Promise<KeyFile> {
	const path = key.startsWith('~/') ? join(home, key.slice(2)) : key;
	try {
		return await readKeyFile(path);
	} catch (error) {
		throw unusableKey(path, isMissing(error) ? 'there is no such file' : words(error));
	}
}

/** The file of an IdentityFile line, or nothing: a missing one is no news (the defaults), one that cannot be used is noted. */
async function identityFile(path: string, skipped: Skipped[]): Promise<KeyFile[]> {
	try {
		const file = await readKeyFile(path);
		const certificate = `${path}-cert.pub`;
		const present = await access(certificate).then(
			() => true,
			() => false,
		);
		if (present)
			skipped.push({source: certificate, text: 'not offered: certificates are not supported; the plain key is'});
		return [file];
	} catch (error) {
		if (!isMissing(error)) skipped.push({source: path, text: `not offered: ${words(error)}`});
		return [];
	}
}

async function usableAgentKeys(socket: string | undefined, skipped: Skipped[]): Promise<AgentKey[]> {
	if (socket === undefined) return [];
	try {
		return (await listAgentKeys(socket)).filter(({blob, comment}) => {
			const type = keyType(blob);
			if (!(ssh2.utils.parseKey(blob) instanceof Error)) return true;
			const kind = type.includes('-cert-')
				? 'certificates are'
				: type.startsWith('sk-')
					? 'hardware keys are'
					: 'its type is';
			skipped.push({source: `ssh-agent (${comment})`, text: `not offered: ${type}; ${kind} not supported`});
			return false;
		});
	} catch (error) {
		skipped.push({source: `ssh-agent ${socket}`, text: `not used: ${words(error)}`});
		return [];
	}
}

function agentIdentity(socket: string, {blob, comment}: AgentKey): Identity {
	return {
		source: `ssh-agent (${comment})`,
		comment,
		publicKey: async () => blob,
		sign: (data, hash) =>
			new Promise((resolve, reject) => {
				const done = (error: Error | undefined | null, signature?: Buffer) =>
					signature ? resolve(signature) : reject(error ?? new Error('the agent gave no signature'));
				new ssh2.OpenSSHAgent(socket).sign(blob, data, hash === undefined ? {} : {hash}, done);
			}),
	};
}

function fileIdentity(file: KeyFile, {passphrases, prompts, signal}: Keyring): Identity {
	const unlocked = () => passphrases.unlock(file, prompts, signal);
	return {
		source: file.path,
		comment: file.comment,
		publicKey: async () => file.blob ?? (await unlocked()).getPublicSSH(),
		sign: async (data, hash) => (await unlocked()).sign(data, hash),
	};
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** A message for people: without the code and path that Node puts in front and behind. */
function words(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return text.replace(/^E[A-Z]+: /, '').replace(/, \w+ '.*'$/, '');
}
