/** Exit codes of every command (docs: readme, "Exit codes"); after sysexits(3), as istioctl uses them. */
export const exitCodes = {
	done: 0,
	someFailed: 1,
	usage: 64,
	badData: 65,
	unreachable: 69,
	notPermitted: 77,
	configuration: 78,
	findings: 79,
	hangup: 129,
	interrupted: 130,
	terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * The user's situation, not our bug: one finished sentence, what to do next, and the exit code.
 * `code` is a finding's id (docs/findings.md) where one fits, e.g. `ssh.refused`, else a short word of the command, e.g. `usage`.
 * Everything else that is thrown is a bug of meshboard.
 */
export class UserError extends Error {
	override readonly name = 'UserError';
	readonly code: string;
	readonly exitCode: ExitCode;
	/** What to do next, a sentence or a command. */
	readonly hint: string | undefined;
	/** What was read, line by line: the server's own words, fingerprints; never a secret. */
	readonly evidence: ReadonlyArray<{readonly source: string; readonly text: string}>;

	constructor(options: {
		code: string;
		message: string;
		exitCode: ExitCode;
		hint?: string;
		evidence?: ReadonlyArray<{readonly source: string; readonly text: string}>;
		cause?: unknown;
	}) {
		super(options.message, {cause: options.cause});
		this.code = options.code;
		this.exitCode = options.exitCode;
		this.hint = options.hint;
		this.evidence = options.evidence ?? [];
	}
}
