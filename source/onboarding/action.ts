import type {Tries} from '../diagnosis/finding.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import type {Target} from '../mesh/target.ts';
import type {Claims} from '../mesh/token.ts';
import type {ExecResult, ImageArchive, Resource} from '../ports.ts';

/**
 * What a step asks of the world, as data. Steps yield actions and get their results; the runner alone performs them.
 * So a plan can be shown before anything happens, and a step can be tested with results from a table.
 */
export type Action =
	| Exec
	| Write
	| Place
	| Upload
	| Feed
	| ReadImage
	| Dial
	| Http
	| IssueToken
	| Resolve
	| List
	| PodRequest
	| PodDial
	| ProbePod
	| Istiod
	| IstiodLog
	| RemoveObject
	| PatchObject
	| ApplyObject
	| Wait;

/** A POSIX sh command on the VM. `sudo` commands run on the admin connection, through `sudo`. */
export type Exec = {
	readonly kind: 'exec';
	readonly as: 'admin' | 'user';
	readonly command: string;
	readonly sudo?: boolean;
	/** True when it changes the VM: then it must stand in the step's plan. */
	readonly changes: boolean;
	/** True when its output is worth a person's eyes: it is shown live and kept in the step's log. */
	readonly show?: boolean;
	/** Default: the target's timeout. */
	readonly timeoutSeconds?: number;
};

/** Files for one directory on the VM, each written to a temporary name, checked by SHA-256, then all renamed. */
export type Write = {
	readonly kind: 'write';
	readonly as: 'user';
	readonly directory: string;
	readonly files: readonly FileToWrite[];
	readonly changes: true;
};

/** `content` 'token': the token that the run issued, which no action ever holds. */
export type FileToWrite = {
	readonly name: string;
	readonly mode: number;
	readonly content: string | {readonly secret: 'token'};
};

/** Files for their places in the system, as root: each written beside its place, checked by SHA-256, given away, then all renamed. */
export type Place = {
	readonly kind: 'place';
	/** Made where they are missing; those that are there get owner and mode. */
	readonly directories: readonly Placed[];
	readonly files: ReadonlyArray<Placed & Pick<FileToWrite, 'content'>>;
	readonly changes: true;
};

/** `owner`: an account of the VM, with its group of the same name. */
export type Placed = {readonly path: string; readonly mode: number; readonly owner: string};

/** A file of this machine for a path on the VM, as root's; one that is there already and equal is left. */
export type Upload = {readonly kind: 'upload'; readonly from: string; readonly to: string; readonly changes: true};

/** A command on the VM, as the SSH user, with a file of this machine as its input. */
export type Feed = {readonly kind: 'feed'; readonly from: string; readonly command: string; readonly changes: true};

/** What a file of this machine that holds an image says of itself. */
export type ReadImage = {readonly kind: 'read-image'; readonly from: string};

/** TCP from the VM (SSH channel), then a TLS handshake when `tls` is set, which shows the certificate chain. */
export type Dial = {
	readonly kind: 'dial';
	readonly host: string;
	readonly port: number;
	readonly tls?: {
		readonly serverName: string;
		readonly rootCertificate: string;
		/** The certificate must have the name, or nobody who verifies it can connect. */
		readonly named: boolean;
	};
	readonly timeoutSeconds: number;
	/** How often, all at once; default once. */
	readonly tries?: number;
};

/** HTTP GET on a loopback port of the VM, through an SSH channel. */
export type Http = {readonly kind: 'http'; readonly port: number; readonly path: string};

/** TokenRequest for the target's service account; the runner keeps the token, the step sees its claims. */
export type IssueToken = {readonly kind: 'issue-token'; readonly changes: true};

/** Reads the target's objects from the cluster again. */
export type Resolve = {
	readonly kind: 'resolve';
	/** Ways from pods are tried after it: the pods to dial from are looked for meanwhile. */
	readonly ahead?: 'pods';
};

/** Objects of a kind, of a namespace or of all (undefined), as they are now. */
export type List = {readonly kind: 'list'; readonly resource: Resource; readonly namespace: string | undefined};

/** HTTP GET to a Service of the mesh, from a pod whose sidecar is in the mesh. */
export type PodRequest = {
	readonly kind: 'pod-request';
	readonly service: string;
	readonly namespace: string;
	readonly port: number;
	readonly path: string;
};

/** TCP from a pod in the mesh to the VM. */
export type PodDial = {
	readonly kind: 'pod-dial';
	readonly host: string;
	readonly port: number;
	readonly timeoutSeconds: number;
	/** How often, all at once; default once. */
	readonly tries?: number;
	/** From this container and no other; absent: from the first pod of the mesh that can. */
	readonly by?: {readonly namespace: string; readonly name: string; readonly container: string};
};

/** A pod to dial from, where no pod of the mesh can: it runs when this has been answered, and is removed some time after its last run. */
export type ProbePod = {readonly kind: 'probe-pod'; readonly pod: KubernetesObject; readonly changes: true};

/** GET on every istiod's debug port. */
export type Istiod = {readonly kind: 'istiod'; readonly path: string};

/** The newest lines of every istiod's log that speak of the target's proxy, among so many, no older than so many seconds. */
export type IstiodLog = {readonly kind: 'istiod-log'; readonly lines: number; readonly seconds: number};

/** Removes an object from the cluster; answers whether there was one. */
export type RemoveObject = {
	readonly kind: 'remove-object';
	readonly resource: Resource;
	readonly namespace: string;
	readonly name: string;
	readonly changes: true;
};

/** Gives an object that is there these fields (JSON merge patch). `diff`: what becomes of it, line by line, for whoever is asked. */
export type PatchObject = {
	readonly kind: 'patch-object';
	readonly resource: Resource;
	readonly namespace: string | undefined;
	readonly name: string;
	readonly change: Readonly<Record<string, unknown>>;
	readonly diff: readonly string[];
	readonly changes: true;
};

/** Makes an object (server-side apply). */
export type ApplyObject = {
	readonly kind: 'apply-object';
	readonly resource: Resource;
	readonly object: KubernetesObject;
	readonly changes: true;
};

/** Nothing for a while. `told`: a person who watches is told why, once for equal reasons. */
export type Wait = {
	readonly kind: 'wait';
	readonly seconds: number;
	readonly why: string;
	readonly told?: true;
};

/** Procedures that do not need each other: each goes on as soon as what it asked for is answered, and all are at an end when this is. */
export type SideBySide = {readonly kind: 'side-by-side'; readonly procedures: ReadonlyArray<Procedure<unknown>>};

export type DialOutcome =
	| 'open'
	/** The TCP connection was refused: host reached, nothing listens, or a rule rejects. */
	| 'refused'
	/** No answer in time: a firewall drops, or nobody is there. */
	| 'filtered'
	| 'unreachable'
	| 'unresolved'
	/** TCP opened, then the peer closed or reset it during the TLS handshake. */
	| 'reset'
	/** TCP opened, the TLS handshake did not end in time. */
	| 'tls-timeout'
	/** TLS ended with an error, or the chain does not lead to the given root. */
	| 'tls-untrusted'
	/** The chain leads to the root, and the certificate lacks the name that was asked for. */
	| 'tls-misnamed'
	/** Nothing could be tested (`text` says why): forwarding forbidden, no pod, connection lost. */
	| 'not-done';

/** `ms` until TCP (and TLS) stood, or failed. `chain`: subject, issuer and SANs of each certificate, leaf first. */
export type DialAnswer = {
	readonly outcome: DialOutcome;
	readonly ms: number;
	readonly text: string;
	readonly chain: ReadonlyArray<{
		readonly subject: string;
		readonly issuer: string;
		readonly names: readonly string[];
		readonly fingerprint: string;
	}>;
	/** From where it was tried: `vm 10.128.0.2`, `pod bookinfo/client-…`. */
	readonly from: string;
	/** Of more than one: how many were made and came through, and milliseconds of those. */
	readonly tries?: Tries;
};

export type HttpAnswer =
	| {readonly ok: true; readonly status: number; readonly body: string}
	| {readonly ok: false; readonly text: string};

/** `not-done`: no pod in the mesh could make the request; `text` says why. */
export type PodAnswer =
	| {readonly done: true; readonly pod: string; readonly status: number; readonly body: string; readonly text: string}
	| {readonly done: false; readonly text: string};

export type IstiodAnswer =
	| {
			readonly done: true;
			readonly pods: ReadonlyArray<{readonly pod: string; readonly status: number; readonly body: string}>;
	  }
	| {readonly done: false; readonly text: string};

/** `refused`: of whom it could not be read, and why. */
export type IstiodLogAnswer = {readonly lines: readonly string[]; readonly refused: readonly string[]};

/** `not-done`: they may not be read; `text` says so. */
export type ListAnswer =
	| {readonly done: true; readonly objects: readonly KubernetesObject[]}
	| {readonly done: false; readonly text: string};

export type TokenAnswer = {readonly claims: Claims; readonly expiresAt: string; readonly askedSeconds: number};

/** What an action answers, by its kind. */
export type Answers = {
	/** `ms` that it took. */
	exec: ExecResult & {readonly ms?: number};
	write: {readonly written: readonly string[]};
	place: undefined;
	/** `sent`: false when it was there. */
	upload: {readonly sent: boolean; readonly bytes: number};
	feed: ExecResult;
	'read-image': ImageArchive;
	dial: DialAnswer;
	http: HttpAnswer;
	'issue-token': TokenAnswer;
	resolve: Target;
	list: ListAnswer;
	'pod-request': PodAnswer;
	'pod-dial': DialAnswer;
	/** `text`: why there is none. */
	'probe-pod': {readonly done: true} | {readonly done: false; readonly text: string};
	istiod: IstiodAnswer;
	'istiod-log': IstiodLogAnswer;
	'remove-object': boolean;
	'patch-object': undefined;
	'apply-object': undefined;
	wait: undefined;
};

/** A step's body: yields actions, is resumed with their answers, returns how it ended. */
export type Procedure<Result> = Generator<Action | SideBySide, Result, unknown>;

/** Asks for one action inside a procedure, with the answer's type: `const result = yield* perform({kind: 'exec', …})`. */
export function* perform<A extends Action>(action: A): Procedure<Answers[A['kind']]> {
	return (yield action) as Answers[A['kind']];
}

/** Asks for several actions side by side: `const [certs, ready] = yield* performAll(a, b)`. */
export function* performAll<const A extends readonly Action[]>(
	...actions: A
): Procedure<{[K in keyof A]: Answers[A[K]['kind']]}> {
	const procedures = actions.map((action) => perform(action));
	return (yield {kind: 'side-by-side', procedures}) as {[K in keyof A]: Answers[A[K]['kind']]};
}

/** Carries out several procedures side by side, so that they take as long as the longest of them. What fails for one ends all. */
export function* sideBySide<const Results extends readonly unknown[]>(
	...procedures: {[Index in keyof Results]: Procedure<Results[Index]>}
): Procedure<Results> {
	return (yield {kind: 'side-by-side', procedures}) as Results;
}
