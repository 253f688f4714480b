import type {ParsedKey} from 'ssh2';
import {exitCodes, UserError} from '../errors.ts';
import type {Prompts} from '../ports.ts';
import type {KeyFile} from './key-file.ts';
import {SharedTasks} from './shared-tasks.ts';

const attempts = 3;

/** Unlocks encrypted keys: one question for a key, however many connections want it; the result is kept in memory. */
export class Passphrases {
	readonly #unlocked = new Map<string, ParsedKey>();
	readonly #asking = new SharedTasks<ParsedKey>();

	/** The private key, or UserError `ssh.key-unusable` after three wrong passphrases or when nobody answers. */
	async unlock(file: KeyFile, prompts: Prompts, signal?: AbortSignal): Promise<ParsedKey> {
		if (file.kind !== 'encrypted') return file.unlock();
		return (
			this.#unlocked.get(file.path) ?? this.#asking.run(file.path, (shared) => this.#ask(file, prompts, shared), signal)
		);
	}

	async #ask(file: KeyFile, prompts: Prompts, signal: AbortSignal): Promise<ParsedKey> {
		for (let attempt = 1; attempt <= attempts; attempt++) {
			const passphrase = await prompts.ask(
				{
					kind: 'secret',
					id: `ssh.passphrase ${file.path} ${attempt}`,
					title: `Passphrase for ${file.path}`,
					...(attempt === 1 ? {} : {detail: `That was not it. Attempt ${attempt} of ${attempts}.`}),
				},
				signal,
			);
			if (passphrase === undefined) throw unusableKey(file.path, 'it is encrypted, and no passphrase was given');
			try {
				const key = file.unlock(passphrase);
				this.#unlocked.set(file.path, key);
				return key;
			} catch {
				// Asked again: the parser cannot tell a wrong passphrase from a damaged key.
			}
		}
		throw unusableKey(file.path, `none of ${attempts} passphrases opened it`);
	}
}

/** `why` continues the sentence "The private key … cannot be used: ". */
export function unusableKey(path: string, why: string): UserError {
	return new UserError({
		code: 'ssh.key-unusable',
		message: `The private key ${path} cannot be used: ${why}.`,
		exitCode: exitCodes.notPermitted,
		hint: `Check it with \`ssh-keygen -y -f ${path}\`, load it into ssh-agent, or name another key.`,
		evidence: [{source: path, text: why}],
	});
}
