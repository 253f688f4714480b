import type {FleetSnapshot} from '../../fleet/row.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Examined} from '../../onboarding/doctor/examination.ts';
import type {StepTimes} from '../../onboarding/progress.ts';
import type {RunState} from '../../onboarding/run.ts';
import type {OutputView} from '../../onboarding/session.ts';
import type {Profile, Question} from '../../ports.ts';
import type {Binding} from '../bindings.ts';
import type {Problem} from '../problem-of.ts';

/** The tie to the cluster. The first frame is drawn before it stands. */
export type Link =
	/** The set-up asks first where to. */
	| {readonly kind: 'unasked'; readonly context: string}
	| {readonly kind: 'connecting'; readonly context: string}
	| {readonly kind: 'failed'; readonly context: string; readonly problem: Problem}
	| {readonly kind: 'ready'; readonly context: string; readonly server: string; readonly namespaces: readonly string[]};

export type ProfileItem = {readonly name: string; readonly profile: Profile; readonly current: boolean};

/** What the screens look at beside their own state; a new object for every change of a part. */
export type World = {
	readonly link: Link;
	readonly fleet: FleetSnapshot;
	/** Entries that have changed a moment ago. */
	readonly fresh: ReadonlySet<TargetRef>;
	readonly runs: readonly RunState[];
	/** How long steps took in earlier runs; empty until a run begins. */
	readonly times: StepTimes;
	/** What the doctor has said of proxies in this sitting. */
	readonly examined: ReadonlyMap<TargetRef, Examined>;
	/** Proxies whose log level is raised, and until when, in ms since 1970. */
	readonly raised: ReadonlyMap<TargetRef, number>;
	/** Runs of an earlier sitting that were broken off. */
	readonly broken: readonly RunState[];
	readonly question: Question | undefined;
	readonly profiles: readonly ProfileItem[];
	/** The contexts of the kubeconfig, for the command line. */
	readonly contexts: readonly string[];
	/** Every key, with those that the user chose. */
	readonly keymap: readonly Binding[];
	/** Lines of the command line, oldest first. */
	readonly history: readonly string[];
	/** Output of a run of this sitting; undefined before the session stands. */
	readonly output: (run: string) => OutputView | undefined;
	/** The size of the screens in cells: that of the terminal, without the lines of the tour. */
	readonly size: Size;
	/** The guided tour of the demo: the proxy that is found stuck, and the lines that it takes on the screen, 0 while it is hidden. */
	readonly tour: {readonly stuck: TargetRef; readonly rows: number} | undefined;
	/** Milliseconds since 1970; ticks every second while a run is under way, else every half minute. */
	readonly now: number;
	readonly readOnly: boolean;
	readonly version: string;
	/** True when the screen can connect anew (another profile, another attempt). */
	readonly canConnect: boolean;
	/** True when this machine can be looked at for a set-up. */
	readonly canSetUp: boolean;
	/** True when runs that are left under way can be resumed later. */
	readonly kept: boolean;
	/** True when the demo can be opened instead. */
	readonly offersDemo: boolean;
};

export type Size = {readonly columns: number; readonly rows: number};

/** The runs that are under way. */
export function activeRuns(world: Pick<World, 'runs'>): readonly RunState[] {
	return world.runs.filter(({status}) => status === 'running');
}
