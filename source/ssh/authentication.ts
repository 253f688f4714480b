import ssh2, {
	type AnyAuthMethod,
	type IdentityCallback,
	type ParsedKey,
	type SignCallback,
	type SigningRequestOptions,
} from 'ssh2';
import {exitCodes, UserError} from '../errors.ts';
import {sanitise} from '../output/sanitise.ts';
import type {Prompts} from '../ports.ts';
import type {Deadline} from './deadline.ts';
import type {Identities, Identity} from './identities.ts';
import {fingerprint, keyType} from './key-blob.ts';

const passwordAttempts = 3;

type Offer = {
	readonly user: string;
	/** `user@host:port`, for questions. */
	readonly description: string;
	readonly identities: Identities;
	/** The user asked to log in with a password: one for an account on all its machines is then asked for once. */
	readonly password: boolean;
	readonly prompts: Prompts;
	/** Stands still while a person or the agent is asked. */
	readonly deadline: Deadline;
	readonly signal: AbortSignal;
};

/**
 * Offers one identity after another, as OpenSSH does: asks the server what it takes, shows public keys, signs (which may ask for a
 * passphrase) only with one that the server wants, then keyboard-interactive and password, through prompts alone.
 */
export class Authentication {
	readonly #offer: Offer;
	readonly #keys: Identity[];
	readonly #tried: string[] = [];
	#methods: readonly string[] | undefined;
	/** What the last key offered came to; `signed`: the server accepted it, and if asked again wants more (or refused the signature). */
	#signed = false;
	#refreshing = false;
	#keyError: UserError | undefined;
	#keyboardAttempts = 0;
	#passwordAttempts = 0;
	#dismissed = false;

	get user(): string {
		return this.#offer.user;
	}

	constructor(offer: Offer) {
		this.#offer = offer;
		this.#keys = [...offer.identities.offered];
	}

	/** The next attempt, given the methods that the server still takes (null before the first); false when there is none left. */
	async next(methodsLeft: readonly string[] | null): Promise<AnyAuthMethod | false> {
		const username = this.#offer.user;
		if (methodsLeft === null) return {type: 'none', username};
		// ssh2 does not hand on the methods that follow an accepted agent key; `none` asks for them again.
		if (this.#signed && !this.#refreshing) {
			this.#refreshing = true;
			return {type: 'none', username};
		}
		this.#signed = false;
		this.#refreshing = false;
		this.#methods ??= methodsLeft;
		return (
			(methodsLeft.includes('publickey') ? await this.#nextKey() : undefined) ??
			(methodsLeft.includes('keyboard-interactive') ? this.#keyboard() : undefined) ??
			(methodsLeft.includes('password') ? await this.#password() : undefined) ??
			false
		);
	}

	/** What to tell when no attempt succeeded. `words`: the server's own last words, if it had any. */
	failure(words?: string): UserError {
		if (this.#keyError) return this.#keyError;
		const {description, identities, password} = this.#offer;
		const unreached = this.#keys.length;
		return new UserError({
			code: 'ssh.auth-failed',
			message: password
				? `${description} accepts no password, or not this one.`
				: `${description} accepts none of the offered identities.`,
			exitCode: exitCodes.notPermitted,
			hint: password
				? "Check user and password; the server's sshd must have `PasswordAuthentication yes`."
				: 'Install the public key for this user, or name another user or key (`--ssh-user`, `--ssh-key`).',
			evidence: [
				...(words === undefined ? [] : [{source: 'server', text: clean(words)}]),
				{source: 'methods that the server takes', text: this.#methods?.join(', ') || 'not told'},
				...this.#tried.map((text) => ({source: 'tried', text})),
				...(this.#tried.length === 0 && !password
					? [{source: 'tried', text: 'no key: none in the agent, in ssh_config or at the default places'}]
					: []),
				...(unreached === 0
					? []
					: [{source: 'not tried', text: `${unreached} further key(s): the server ended it before`}]),
				...identities.skipped,
			],
		});
	}

	async #nextKey(): Promise<AnyAuthMethod | undefined> {
		const {deadline, user, signal} = this.#offer;
		for (let identity = this.#keys.shift(); identity !== undefined && !signal.aborted; identity = this.#keys.shift()) {
			try {
				const blob = await deadline.without(identity.publicKey());
				const key = ssh2.utils.parseKey(blob);
				if (key instanceof Error) throw key;
				this.#tried.push(`${keyType(blob)} ${fingerprint(blob)} from ${identity.source}`);
				return {
					type: 'agent',
					username: user,
					agent: new OneKeyAgent(key, (data, hash) => this.#sign(identity, data, hash)),
				};
			} catch (error) {
				this.#note(identity, error);
			}
		}
		return undefined;
	}

	async #sign(identity: Identity, data: Buffer, hash: SigningRequestOptions['hash']): Promise<Buffer> {
		try {
			const signature = await this.#offer.deadline.without(identity.sign(data, hash));
			this.#signed = true;
			return signature;
		} catch (error) {
			this.#note(identity, error);
			throw error;
		}
	}

	#note(identity: Identity, error: unknown): void {
		const text = error instanceof Error ? error.message : String(error);
		if (error instanceof UserError) this.#keyError ??= error;
		this.#tried.push(`could not sign with ${identity.source}: ${text}`);
	}

	#keyboard(): AnyAuthMethod | undefined {
		if (this.#dismissed || this.#keyboardAttempts >= passwordAttempts) return undefined;
		this.#keyboardAttempts++;
		return {
			type: 'keyboard-interactive',
			username: this.#offer.user,
			prompt: (name, instructions, _language, prompts, finish) => {
				this.#answer(
					`${name} ${instructions}`,
					prompts.map(({prompt}) => prompt),
				).then(finish, () => finish([]));
			},
		};
	}

	async #answer(instructions: string, prompts: readonly string[]): Promise<string[]> {
		const answers: string[] = [];
		for (const prompt of prompts) {
			const answer = await this.#ask(clean(prompt), clean(instructions), this.#keyboardAttempts);
			if (answer === undefined) break;
			answers.push(answer);
		}
		return answers;
	}

	async #password(): Promise<AnyAuthMethod | undefined> {
		if (this.#dismissed || this.#passwordAttempts >= passwordAttempts) return undefined;
		this.#passwordAttempts++;
		const password = await this.#ask('Password', '', this.#passwordAttempts).catch(() => undefined);
		return password === undefined ? undefined : {type: 'password', username: this.#offer.user, password};
	}

	async #ask(prompt: string, detail: string, attempt: number): Promise<string | undefined> {
		const {user, description, prompts, deadline, signal} = this.#offer;
		const isFirst = this.#keyboardAttempts + this.#passwordAttempts === 1;
		// A refused answer, and any other question of a server, is a question of its own.
		const shared = this.#offer.password && isFirst && /password/i.test(prompt);
		const question = {
			kind: 'secret',
			id: shared ? `ssh.password ${user}` : `ssh.password ${description} ${prompt} ${attempt}`,
			title: shared ? `SSH password of ${user}` : `${prompt.replace(/[:\s]+$/, '')} for ${description}`,
			...(detail === '' ? {} : {detail}),
		} as const;
		const answer = await deadline.without(prompts.ask(question, signal));
		if (answer === undefined || (shared && answer === '')) {
			this.#dismissed = true;
			this.#tried.push(answer === '' ? 'SSH password cannot be empty' : 'a password was wanted, and nobody gave one');
			return undefined;
		} else {
			this.#tried.push(`password, attempt ${attempt}`);
		}
		return answer;
	}
}

/** An agent of a single key, so that each key is an attempt of its own and signing may take its time. */
class OneKeyAgent extends ssh2.BaseAgent<ParsedKey> {
	readonly #key: ParsedKey;
	readonly #sign: (data: Buffer, hash: SigningRequestOptions['hash']) => Promise<Buffer>;

	constructor(key: ParsedKey, sign: (data: Buffer, hash: SigningRequestOptions['hash']) => Promise<Buffer>) {
		super();
		this.#key = key;
		this.#sign = sign;
	}

	override getIdentities(callback: IdentityCallback<ParsedKey>): void {
		callback(null, [this.#key]);
	}

	override sign(
		_key: ParsedKey,
		data: Buffer,
		options?: SigningRequestOptions | SignCallback,
		callback?: SignCallback,
	): void {
		const done = typeof options === 'function' ? options : callback;
		const hash = typeof options === 'object' ? options.hash : undefined;
		this.#sign(data, hash).then(
			(signature) => done?.(null, signature),
			(error: unknown) => done?.(error instanceof Error ? error : new Error(String(error))),
		);
	}
}

/** A server's words are data: one line, no control sequences, not endless. */
function clean(text: string): string {
	return sanitise(text.replaceAll(/\s+/g, ' ')).trim().slice(0, 200);
}
