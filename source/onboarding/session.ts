import type {OfflineFile} from '../bundle/offline-files.ts';
import type {Finding} from '../diagnosis/finding.ts';
import type {FleetSnapshot} from '../fleet/row.ts';
import type {Target} from '../mesh/target.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Profile, Profiles, Question} from '../ports.ts';
import type {LogLine} from '../proxy/log-line.ts';
import type {LogPart} from '../vm/proxy-log.ts';
import type {Action} from './action.ts';
import type {Dump} from './doctor/dumps.ts';
import type {DoctorEvent, Examined} from './doctor/examination.ts';
import type {DoctorRecord} from './doctor/record.ts';
import type {RunEvent, RunOptions, StepHead, Wanted} from './event.ts';
import type {FixWish} from './fix/choose-fix.ts';
import type {Creation} from './objects/creation.ts';
import type {StepTimes} from './progress.ts';
import type {RunState} from './run.ts';

export type {LogPart} from '../vm/proxy-log.ts';

/** `line`: a line of the log, clean and without secrets, whole and taken apart. `note`: what is to be said of the log itself. */
export type LogListener = {
	readonly line: (line: string, parts: LogLine) => void;
	readonly note: (text: string) => void;
};

/** A value that changes, for useSyncExternalStore: the snapshot is the same object until it changes. */
export type Store<T> = {getSnapshot(): T; subscribe(listener: () => void): () => void};

/** What a run would do, shown before consent: the target with the source of every value, and each step's changing actions. */
export type RunPlan = {
	readonly target: Target;
	readonly options: RunOptions;
	/** `foreseen`: what is known beforehand to come of it. */
	readonly steps: ReadonlyArray<
		StepHead & {readonly actions: readonly Action[]; readonly foreseen?: readonly string[]}
	>;
};

/** Nothing came of one target of several, and why; its findings hold an error. */
export type Failure = {readonly ref: TargetRef; readonly findings: readonly Finding[]};

/** What is carried to a VM that SSH does not reach; `files` hold a token: for a file of the user's, and nothing else. */
export type Bundle = {
	readonly target: Target;
	readonly files: readonly OfflineFile[];
	/** What was found about the target, and of its token. */
	readonly findings: readonly Finding[];
	/** When the token ends, RFC 3339. */
	readonly expiresAt: string;
};

/** The output lines of a run: the newest are in memory, all are in the file at `path`. Lines are clean and redacted. */
export type OutputView = {
	/** Grows with every change. */
	readonly version: number;
	/** Lines ever written; the first `dropped` of them are no longer in memory. */
	readonly length: number;
	readonly dropped: number;
	/** Lines `from` ≤ n < `from + count`, as far as they are in memory. */
	window(from: number, count: number): readonly string[];
	/** When these lines were written, in milliseconds since 1970. */
	times(from: number, count: number): readonly number[];
	/** Numbers of the lines in memory that contain `text`, ignoring case. */
	search(text: string): readonly number[];
	/** Draws a line under what there is, with the time; it is only in memory. */
	mark(): void;
	/** Folder with the step logs of the run. */
	readonly path: string;
};

/** The runs of this sitting. */
export type Runs = Store<readonly RunState[]> & {
	start(plans: readonly RunPlan[]): void;
	/** Tries the failed steps again and goes on. */
	retry(id: string): void;
	/** Leaves the failed step out, for a reason that the journal keeps, and goes on. */
	skip(id: string, reason: string): void;
	cancel(id: string): void;
	/** Goes on with a run of the journal that was broken off: facts are looked at again. */
	resume(run: RunState): Promise<void>;
	/**
	 * Runs of the journal that were broken off (their process is gone), newest first: of this cluster, or of others. Consent was
	 * given for the VM of one cluster; an entry of the same name in another is another VM.
	 */
	interrupted(where?: 'here' | 'elsewhere'): Promise<readonly RunState[]>;
	/** Ends a broken-off run for good, without going on. */
	dismiss(run: RunState): void;
	output(id: string): OutputView;
	/** How long steps took in the runs of the journal. */
	times(): Promise<StepTimes>;
	/** Every event of every run of this sitting, as it happens; returns the unsubscribe function. */
	onEvent(listener: (event: RunEvent | OutputEvent) => void): () => void;
	/** Resolves when no run is under way. */
	settled(): Promise<void>;
	/** Puts the last output lines into their files; nothing may run any more. */
	close(): Promise<void>;
};

/** An output line as ndjson shows it; not kept in the journal (the step's log has it). */
export type OutputEvent = {
	readonly time: string;
	readonly run: string;
	readonly target: TargetRef;
	readonly event: 'output';
	readonly step: string;
	readonly stream: 'stdout' | 'stderr';
	readonly line: string;
};

/** The examination of one proxy, as far as it has come. */
export type Examination = Store<Examined> & {
	/** What is found, as it is found; returns the unsubscribe function. */
	onEvent(listener: (event: DoctorEvent) => void): () => void;
	/** Resolves when all has been looked at, or when it was told to stop; rejects with UserError for what concerns every target (`cluster.*`). */
	settled(): Promise<void>;
	/** What it judged by, without secrets; whole once it is settled. */
	record(): DoctorRecord;
	/** What was taken for an archive, without secrets; none where nobody asked for it. */
	dumps(): readonly Dump[];
};

/** What raising the log level of a proxy does, shown before consent. */
export type LevelPlan = {
	readonly target: Target;
	/** The levels as they are, in words. */
	readonly before: string;
	/** The commands on the VM: what raises them, and what brings them back. */
	readonly raise: string;
	readonly putBack: readonly string[];
	/** For how long at most. */
	readonly seconds: number;
	/** What is run on the VM: it raises them and stays to put them back. */
	readonly command: string;
};

/** A log level that is raised; it falls back at `until` (ms since 1970), when the connection goes, or when meshboard does. */
export type RaisedLevel = {
	readonly ref: TargetRef;
	readonly until: number;
	/** Resolves when it is as before, or when nobody can say. */
	readonly ended: Promise<void>;
	putBack(): Promise<void>;
};

/** The question that waits for a person, if any. */
export type PromptQueue = Store<Question | undefined> & {answer(answer: string | undefined): void};

/** A sitting with one cluster: what the screens and the commands get from compose.ts. */
export type Session = {
	readonly profileName: string;
	readonly profile: Profile;
	readonly context: string;
	readonly server: string;
	/** Namespace of the kubeconfig's context. */
	readonly namespace: string;
	readonly fleet: Store<FleetSnapshot>;
	readonly runs: Runs;
	readonly prompts: PromptQueue;
	readonly profiles: Profiles;
	readonly create: Creation;
	/** Reads the objects of each entry (with `group`: of each host) and makes its plan; throws UserError (`entry.not-found`, `cluster.*`). */
	plan(words: readonly string[], wanted: Wanted): Promise<readonly RunPlan[]>;
	/** Plans each target by itself: one that cannot be planned does not stop the others. Throws UserError for what concerns all (`cluster.*`). */
	attempt(refs: readonly TargetRef[], wanted: Wanted): Promise<ReadonlyArray<RunPlan | Failure>>;
	/** The entries of some namespaces, or of all (undefined), sorted. */
	entries(namespaces: readonly string[] | undefined): Promise<readonly TargetRef[]>;
	/** Issues a token for each target and makes its bundle; in the order of the plans. */
	bundles(plans: readonly RunPlan[]): Promise<ReadonlyArray<Bundle | Failure>>;
	/**
	 * Says why an entry's proxy is stuck, from looking at everything at once until `signal`; with `watch` again and again, with `live` with a
	 * view of the proxy itself. Changes nothing.
	 */
	examine(
		ref: TargetRef,
		signal: AbortSignal,
		options?: {
			readonly watch?: boolean;
			readonly live?: boolean;
			readonly dumps?: boolean;
			readonly reach?: readonly string[];
		},
	): Examination;
	/** The command that opens a shell on an entry's VM: as the admin account where the profile names one, else as the proxy's user. */
	shell(ref: TargetRef): Promise<readonly string[]>;
	/**
	 * The plan that mends a cause that an examination found; undefined when it did not find it. Asks the server what becomes of its objects.
	 * Throws UserError `fix` for what meshboard cannot mend, with what to do instead.
	 */
	planFix(examination: Pick<Examination, 'record' | 'getSnapshot'>, wish: FixWish): Promise<RunPlan | undefined>;
	/** Raises the log level of a proxy for a while. `plan` only looks; both reject with UserError. */
	readonly logLevel: {
		plan(ref: TargetRef): Promise<LevelPlan>;
		raise(plan: LevelPlan): Promise<RaisedLevel>;
	};
	/** The log of an entry's proxy, live when it is followed, until `signal`. Rejects with UserError. */
	readLog(ref: TargetRef, part: LogPart, listener: LogListener, signal: AbortSignal): Promise<void>;
	/** Stops watching, closes every connection. Runs must be settled or cancelled before. Resolves with what is left behind, in sentences. */
	close(): Promise<readonly string[]>;
};
