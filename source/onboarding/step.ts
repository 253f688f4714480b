import type {Check, Finding} from '../diagnosis/finding.ts';
import type {Target} from '../mesh/target.ts';
import type {AdminFacts} from '../vm/admin-facts.ts';
import type {VmFacts} from '../vm/facts.ts';
import type {PackageFacts} from '../vm/package-facts.ts';
import type {Action, Procedure} from './action.ts';
import type {RunOptions, StepHead} from './event.ts';

/** What the steps of a run have learned so far; a step reads it and may add to it through its outcome. */
export type Facts = {
	/** The VM as its probe found it, as the SSH user. */
	readonly vm?: VmFacts;
	/** The VM as preparation found it, as root. */
	readonly admin?: AdminFacts;
	/** Istio's package on the VM, as its check found it or its installation left it. */
	readonly package?: PackageFacts;
	/** True when bootstrap found the VM as it would leave it. */
	readonly unchanged?: boolean;
	/** The names of the files on the VM that differ from the bundle, set by bootstrap's comparison. */
	readonly stale?: readonly string[];
	/** Renewal's judgement: is the proxy to be started again, and why, or why not. */
	readonly restart?: {readonly needed: boolean; readonly why: string};
	/** What meshboard did on the VM, as it is recorded there: see vm/undo/record.ts. */
	readonly recorded?: readonly string[];
	/** What a look before the plan has found, in a sentence; absent where there was none. */
	readonly foreseen?: string;
	/** Public key line that goes into `authorized_keys`. */
	readonly publicKey?: string;
	/** The API server's clock at the time of the call, in seconds since 1970; absent before it has answered anything. */
	readonly serverTime?: () => number;
};

export type StepContext = {readonly target: Target; readonly facts: Facts; readonly options: RunOptions};

/** Without a time of its own a check was read from what the step had asked for: then it took as long as the step. */
export type StepCheck = Omit<Check, 'ms'> & Partial<Pick<Check, 'ms'>>;

/**
 * How a step ended. `detail` is one line for people ("Docker 20.10.24, already there").
 * `failed` without an error among `findings` is told by `detail` alone. `skipped` is the step's own decision, with the reason.
 */
export type Outcome = {
	readonly status: 'succeeded' | 'failed' | 'skipped';
	readonly detail: string;
	/** True when something on the VM or in the cluster was changed. */
	readonly changed?: boolean;
	readonly findings?: readonly Finding[];
	readonly checks?: readonly StepCheck[];
	readonly facts?: Partial<Facts>;
	/** The target as read again, when the step did so. */
	readonly target?: Target;
};

/**
 * One step of a run. `plan` lists, before consent, every action that may change something, with the exact command;
 * the runner refuses to perform a changing action that the plan did not show.
 */
export type Step = StepHead & {
	/** Another title, for a target of which the usual one is not true. */
	titleFor?(target: Target): string | undefined;
	/** What follows it, where it changed something, needs sessions that begin after it. */
	readonly reconnects?: true;
	plan(context: StepContext): readonly Action[];
	/** What is known beforehand to come of it, a line each, where the VM was looked at before there is a plan. */
	foresee?(context: StepContext): readonly string[];
	run(context: StepContext): Procedure<Outcome>;
};
