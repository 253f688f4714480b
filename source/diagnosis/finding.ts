/** `error`: cannot be onboarded, or is not in the mesh. `warning`: works now, part is lost or will break. `info`: a fact. */
export type Severity = 'error' | 'warning' | 'info';

/** What was read, and where: a command, object, log or endpoint. Never holds a secret. */
export type Evidence = {readonly source: string; readonly text: string};

/**
 * What to do: told in words, with the command where there is one, and the objects to apply as YAML where we know them. `rules`: the rule
 * to ask for, by the tool of whoever is asked (`gcloud`, `ufw`, …), the likeliest first; each a command, or several, line by line.
 */
export type Remedy = {
	readonly text: string;
	readonly command?: string;
	readonly manifest?: string;
	readonly rules?: Readonly<Record<string, string>>;
};

/**
 * A named cause (docs/findings.md). `id` is `area.cause` and stable; `target` is the object or machine at fault:
 * `workloadentry/<ns>/<name>`, `service/<ns>/<name>`, `vm/<ssh host>`, `cluster/<context>`.
 */
export type Finding = {
	readonly id: string;
	readonly severity: Severity;
	readonly target: string;
	readonly summary: string;
	readonly evidence: readonly Evidence[];
	readonly remedy: Remedy;
	/** Whoever found it can mend it too: `meshboard doctor TARGET --fix ID`. */
	readonly fixable?: true;
};

/** One thing that was looked at. `not-done` is not passed: `detail` says why it could not be done. */
export type Check = {
	readonly id: string;
	readonly title: string;
	/** For a network flow: where the traffic starts and ends, in words or addresses. */
	readonly from?: string;
	readonly to?: string;
	readonly port?: number;
	readonly outcome: 'passed' | 'failed' | 'warning' | 'not-done';
	readonly detail: string;
	/** Milliseconds that it took. */
	readonly ms: number;
	/** Of a network flow: what takes it, and what came of it in one word. */
	readonly why?: string;
	readonly result?: FlowResult;
	/** Of a flow that was tried more than once: how many tries were made and came through, and milliseconds of those. */
	readonly tries?: Tries;
	/** Of a flow that is closed: the id of the finding that tells why. */
	readonly finding?: string;
	/** Of a flow that is closed and worth no finding: whose rule it is and the rule to ask for, as a finding has them. */
	readonly block?: Pick<Finding, 'evidence' | 'remedy'>;
};

export type Tries = {readonly made: number; readonly open: number; readonly fastest: number; readonly slowest: number};

/** What came of a network flow (docs/check.md). */
export type FlowResult =
	| 'open'
	| 'resolved'
	| 'pinned'
	| 'refused'
	| 'filtered'
	| 'reset'
	| 'unreachable'
	| 'unresolved'
	| 'tls-timeout'
	| 'tls-intercepted'
	| 'tls-misnamed'
	| 'mtu'
	| 'not-done';
