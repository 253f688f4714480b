import type {Check, Finding} from '../diagnosis/finding.ts';
import type {LintResult} from '../diagnosis/lint-results.ts';
import type {ProxyState} from '../fleet/row.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {DoctorEvent} from '../onboarding/doctor/examination.ts';
import type {Phase, RunEvent, RunOptions} from '../onboarding/event.ts';
import type {Applied} from '../onboarding/objects/apply-many.ts';
import type {RunState, StepState} from '../onboarding/run.ts';
import type {OutputEvent} from '../onboarding/session.ts';
import type {Setting} from '../onboarding/setting.ts';
import type {Profile} from '../ports.ts';
import type {LogLine} from '../proxy/log-line.ts';

/*
 * What the commands print with `-o json` and `-o ndjson`. The schemas in docs/schemas are made of these types, and each such output of a test
 * is held against its schema: what is not here is not printed.
 */

/** An entry as `list` shows it. `sshHost`: where SSH would go without profile and flags. `createdAt` is RFC 3339. */
export type ListItem = {
	readonly namespace: string;
	readonly name: string;
	readonly address: string;
	readonly network: string;
	readonly serviceAccount: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly sshHost: string;
	readonly proxy: ProxyState;
	readonly createdAt: string;
};

/** `list -o json`. */
export type ListOutput = {readonly items: readonly ListItem[]};

/** A line of `list -o ndjson`; `removed`, with `--watch`, names an entry that is gone or out of the selection. */
export type ListLine = ListItem | {readonly removed: TargetRef};

/** `check`, `doctor` and `lint` with `-o json`. */
export type ResultsOutput = {readonly results: readonly LintResult[]};

/** A line of `lint -o ndjson`. */
export type ResultsLine = LintResult;

/** A target of which nothing came, since it could not be planned. `cause`: the finding that decides the exit code. */
export type NotStarted = {
	readonly target: TargetRef;
	readonly event: 'not-started';
	readonly outcome: 'failed';
	readonly healthy: false;
	readonly cause: string | null;
	readonly findings: readonly Finding[];
};

/** What a run did to one target. `seconds` is missing where it was left before its end. */
export type RunResult = {
	readonly target: TargetRef;
	readonly run: string;
	readonly outcome: RunState['status'];
	readonly seconds?: number | undefined;
	readonly healthy: boolean;
	readonly findings: readonly Finding[];
	readonly checks: readonly Check[];
	readonly steps: ReadonlyArray<Pick<StepState, 'id' | 'phase' | 'title' | 'state' | 'detail' | 'changed'>>;
};

/** `onboard`, `prepare`, `bootstrap`, `verify`, `renew`, `offboard` and `demo` with `-o json`. */
export type RunsOutput = {readonly results: ReadonlyArray<RunResult | NotStarted>};

/** A line of the same commands, and of `check`, with `-o ndjson`. */
export type RunsLine = RunEvent | OutputEvent | NotStarted;

/** A line of `doctor -o ndjson`. */
export type DoctorLine = DoctorEvent;

/** What mending a cause did to one target, and what was found then. `gone`: the cause was looked for again, and is not there. */
export type FixResult = Omit<RunResult, 'seconds'> & {readonly fix: string; readonly gone: boolean};

/** `doctor --fix ID -o json`, also with `--dry-run`; no results where no target has the cause. */
export type FixesOutput = {readonly results: readonly FixResult[]} | PlansOutput;

/** The end of `doctor --fix ID` for one target: `outcome` of the run, and the seconds that looking again took. */
export type FixFinished = {
	readonly time: string;
	readonly target: TargetRef;
	readonly event: 'fix.finished';
	readonly fix: string;
	readonly gone: boolean;
	readonly outcome: RunState['status'];
	readonly seconds: number;
};

/** A line of `doctor --fix ID -o ndjson`: what is found, then what is done (or the plan, with `--dry-run`), and the end of each target. */
export type FixesLine = DoctorLine | RunsLine | FixFinished | Plan;

/** What would be done to one target, with `--dry-run`; `commands` are those that change something. */
export type Plan = {
	readonly target: TargetRef;
	readonly options: RunOptions;
	readonly settings: readonly Setting[];
	readonly findings: readonly Finding[];
	readonly steps: ReadonlyArray<{
		readonly id: string;
		readonly phase: Phase;
		readonly title: string;
		readonly commands: readonly string[];
		/** What is known beforehand to come of it. */
		readonly foreseen?: readonly string[];
	}>;
};

/** What the token of a file would be; it is not issued for a dry run. */
export type Claims = {readonly aud: readonly string[]; readonly sub: string; readonly seconds: number};

/** A file of a dry run of `bootstrap`, with its mode as four octal digits. */
export type PlannedFile = {readonly path: string; readonly mode: string} & (
	| {readonly content: string}
	| {readonly claims: Claims}
);

/** A plan of `bootstrap`. */
export type FilePlan = Plan & {readonly files: readonly PlannedFile[]};

/** `--dry-run -o json` of the commands that take runs through their steps; `failed` only of `bootstrap`. */
export type PlansOutput = {readonly plans: ReadonlyArray<Plan | FilePlan>; readonly failed?: readonly NotStarted[]};

/** A line of `--dry-run -o ndjson`. */
export type PlansLine = Plan | FilePlan | NotStarted;

/** A bundle that was saved; `folder` in the directory or archive, or null where it has the whole of it. `expiresAt`, of its token, is RFC 3339. */
export type SavedBundle = {
	readonly target: TargetRef;
	readonly outcome: 'succeeded';
	readonly healthy: boolean;
	readonly folder: string | null;
	readonly expiresAt: string;
	readonly findings: readonly Finding[];
};

/** `bootstrap` into a directory or archive, with `--output json`; `path` is null where nothing was saved. */
export type BundlesOutput = {readonly path: string | null; readonly results: ReadonlyArray<SavedBundle | NotStarted>};

/** A line of the same with `--output ndjson`. */
export type BundlesLine = {readonly path: string | null} & (SavedBundle | NotStarted);

/** `create entry --from FILE -o json`: each row of the table. `reason` of one that was refused or left out. */
export type RowsOutput = {
	readonly results: ReadonlyArray<{
		readonly source: string;
		readonly namespace?: string | undefined;
		readonly name: string;
		readonly outcome: Applied['outcome'] | 'left-out';
		readonly reason?: string;
	}>;
};

/** `create KIND -o json`: the object, or several as a List. */
export type ObjectOutput =
	| KubernetesObject
	| {readonly apiVersion: 'v1'; readonly kind: 'List'; readonly items: readonly KubernetesObject[]};

/** `expand -o json`. `missing`: the objects to apply. */
export type ExpandOutput =
	| {
			readonly mesh: 'istio';
			readonly gateway?: string | undefined;
			readonly address?: string | undefined;
			readonly network: string;
			readonly findings: readonly Finding[];
			readonly missing: readonly KubernetesObject[];
	  }
	| {readonly mesh: 'tsb'; readonly changed: true; readonly dryRun: true}
	| {
			readonly mesh: 'tsb';
			readonly changed: boolean;
			readonly gateway: string;
			readonly address?: string | undefined;
	  };

/** `profile list -o json`. */
export type ProfilesOutput = {
	readonly items: ReadonlyArray<{readonly name: string; readonly profile: Profile; readonly current: boolean}>;
};

/** `profile show -o json`. */
export type ProfileOutput = Profile;

/** A line of `logs -o ndjson`. */
export type LogsLine = {readonly target: TargetRef} & LogLine;

/** `info -o json`. `problem`: why it cannot be told, in a sentence. */
export type InfoOutput = {
	readonly version: string;
	readonly node: {readonly version: string; readonly path: string; readonly platform: string; readonly arch: string};
	/** `source`: the flag, setting of the profile or variable that names it, or `default`. */
	readonly paths: ReadonlyArray<{
		readonly name: string;
		readonly path: string;
		readonly source: string;
		readonly exists: boolean;
	}>;
	readonly profile:
		| {
				readonly name: string;
				readonly source: string;
				readonly settings: ReadonlyArray<{
					readonly name: string;
					readonly value: unknown;
					readonly source: 'flag' | 'profile';
				}>;
		  }
		| {readonly problem: string};
	readonly cluster:
		| {readonly context: string; readonly source: string; readonly server: string; readonly namespace: string}
		| {readonly problem: string};
};
