import type {Check, Finding} from '../diagnosis/finding.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import type {GroupVm} from '../mesh/target.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Layout} from '../ports.ts';
import type {FixOptions} from './fix/fix-options.ts';
import type {Given} from './given-settings.ts';

export type Phase = 'prepare' | 'check' | 'bootstrap' | 'verify' | 'renew' | 'offboard' | 'fix';

/**
 * What a run does with its target: `onboard` takes it through all phases, `prepare` makes its VM ready for that and does no more, `check` only looks,
 * `bootstrap` does what tctl's command does and no more,
 * `verify` proves that it is in the mesh and changes nothing,
 * `renew` gives its proxy a new token, `offboard` takes it away, `fix` mends a cause that the doctor found.
 */
export type Task = 'onboard' | 'prepare' | 'check' | 'bootstrap' | 'verify' | 'renew' | 'offboard' | 'fix';

/** What a person asked for when the run was started; kept in the journal, so that a run can go on after a crash. */
export type RunOptions = Wanted & {
	/** Profile's name, kubeconfig context: where to find the entry again. */
	readonly profile: string;
	readonly context: string;
	/** URL of the API server: contexts of two kubeconfigs may have one name. Absent in journals of old. */
	readonly server?: string;
	/** Of `probe`: the pod that would be started. */
	readonly probePod?: {readonly name: string; readonly image: string};
	/** The word that named the VM, where its target is no entry yet: see `group`. */
	readonly host?: string;
	/** Flags and profile, as far as they are about the target. Absent in journals of old. */
	readonly given?: Given;
};

/** What a plan is asked for. */
export type Wanted = {
	readonly task: Task;
	/** Also prepare the VM with the admin account. */
	readonly prepare: boolean;
	/** Replace what is on the VM even when it is unchanged. */
	readonly force: boolean;
	/** Path of a file on this machine with the proxy's image, loaded over SSH in place of a pull. */
	readonly image?: string;
	/** Of the task `prepare`: the image of an application that is started where the Sidecar sends requests and nothing listens. */
	readonly startApp?: string;
	/** Of the task `prepare`: takes back what meshboard did on the VM. */
	readonly undo?: boolean;
	/** Of the task `bootstrap`: also start the proxy; without it only files are put on the VM. */
	readonly start?: boolean;
	/** Of the task `check`: where nothing listens on an inbound port yet, meshboard listens there for the moment of the test. */
	readonly listen?: boolean;
	/** Of the task `verify`: destinations that applications on the VM are to reach, `HOST[:PORT]`. */
	readonly reach?: readonly string[];
	/** Of the task `check`: where no pod of the mesh can dial the VM, a probe pod is started for the moment of the test. */
	readonly probe?: boolean;
	/** Offboarding also takes the entry out of the cluster; `entry` keeps it, for when it is gone from there. */
	readonly deleteEntry?: boolean;
	readonly entry?: KubernetesObject;
	/** Offboarding also removes the directory on the VM, if it is empty, and the proxy's image, if nobody uses it. */
	readonly removeDirectory?: boolean;
	readonly removeImage?: boolean;
	/** Of the package layout: offboarding also removes Istio's package. */
	readonly removePackage?: boolean;
	/** Of the task `fix`: the cause, and what was chosen for it. */
	readonly fix?: FixOptions;
	/** Absent: as the profile says, else a container. */
	readonly layout?: Layout;
	/** Path of Istio's package (.deb or .rpm) on this machine, for VMs that do not have it. */
	readonly package?: string;
	/** `<group>.<namespace>`: istiod registers the VMs from this WorkloadGroup; what is planned for are hosts then, not entries. */
	readonly group?: string;
	/** Only files are made, for a VM of `group`: what is said of it; `manifest` is the group itself, where no cluster need have it. */
	readonly configure?: GroupVm;
	readonly manifest?: KubernetesObject;
};

export type StepHead = {readonly id: string; readonly phase: Phase; readonly title: string};

/**
 * What happens to a run, in the order in which it happens: journal, ndjson and every screen are made of these.
 * Field names are those of the ndjson output (docs/architecture.md). `time` is RFC 3339.
 */
export type RunEvent = {readonly time: string; readonly run: string; readonly target: TargetRef} & RunEventBody;

export type RunEventBody =
	| {
			readonly event: 'run.started';
			readonly host: string;
			readonly options: RunOptions;
			readonly steps: readonly StepHead[];
			readonly pid: number;
	  }
	/** Goes on with a run: after a crash (`resume`), or because a failed step is tried again (`retry`). */
	| {readonly event: 'run.resumed'; readonly why: 'resume' | 'retry'; readonly pid: number}
	| {readonly event: 'step.started'; readonly step: string; readonly title: string}
	/** A command as run on the VM or a call to the cluster: the command log. Secrets are redacted. */
	| {readonly event: 'command'; readonly step: string; readonly where: string; readonly text: string}
	/** The step waits for somebody else, named in `why`. */
	| {readonly event: 'step.waiting'; readonly step: string; readonly why: string}
	| {readonly event: 'step.succeeded'; readonly step: string; readonly detail: string; readonly changed: boolean}
	| {readonly event: 'step.failed'; readonly step: string; readonly reason: string; readonly finding?: string}
	| {readonly event: 'step.skipped'; readonly step: string; readonly reason: string}
	| {readonly event: 'check'; readonly step: string; readonly check: Check}
	| {readonly event: 'finding'; readonly step: string; readonly finding: Finding}
	| {readonly event: 'run.finished'; readonly outcome: 'succeeded' | 'failed' | 'cancelled'; readonly seconds: number};
