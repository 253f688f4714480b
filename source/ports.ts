import type {Duplex} from 'node:stream';
import type {UserError} from './errors.ts';
import type {KubernetesObject} from './mesh/kubernetes-object.ts';
import type {WorkloadEntry} from './mesh/workload-entry.ts';

/*
 * What the rooms need of the world, as types only. The adapters (kubernetes, ssh, profiles) implement these, journal what
 * onboarding/journal.ts says of runs; compose.ts is the only file that knows both sides.
 */

/** A kind of object, without its version: the adapter discovers which one the server has. Core group: ''. */
export type Resource = {readonly group: string; readonly resource: string};

/** How fresh the list of entries is. `denied`: not even one namespace may be listed. `error`: the fault in full, with its exit code. */
export type ListState =
	| {readonly kind: 'connecting'}
	| {readonly kind: 'live'}
	| {readonly kind: 'stale'; readonly since: Date; readonly reason: string; readonly error?: UserError}
	| {readonly kind: 'denied'; readonly reason: string; readonly error?: UserError};

/** News of the list, batched: what arrived since the last call. Keys are `<namespace>/<name>`. */
export type EntriesUpdate = {
	readonly upserted: readonly WorkloadEntry[];
	readonly removed: readonly string[];
	readonly state: ListState;
	/** True when the first whole list is known (all pages). */
	readonly complete: boolean;
};

/** `namespaces` empty: all of the cluster, falling back to every namespace that may be listed when that is forbidden. */
export type EntriesScope = {readonly namespaces: readonly string[]};

/** A token of the TokenRequest API. `token` is a secret: memory only. */
export type IssuedToken = {readonly token: string; readonly expiresAt: Date};

/** A right to ask about (SelfSubjectAccessReview). */
export type AccessReview = {
	readonly verb: string;
	readonly group: string;
	readonly resource: string;
	readonly subresource?: string;
	readonly namespace?: string;
};

/** `dryRun`: asked of the server, its webhooks too, and nothing is kept. */
export type WriteOptions = {readonly dryRun?: boolean};

/** `force`: fields that somebody else keeps are taken over. */
export type ApplyOptions = WriteOptions & {readonly force?: boolean};

/** How a command in a container ended. `code`: its exit code, or -1 where it did not run to its end; then `fault` says why. */
export type PodExecEnd = {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly fault?: string;
};

/** A Kubernetes cluster, seen through one kubeconfig context. Every method throws UserError (`cluster.*`, `token.*`) for what the user can mend. */
export type Cluster = {
	readonly context: string;
	readonly server: string;
	/** The namespace of the context; `default` where it names none. */
	readonly namespace: string;
	/** One object, or undefined when there is none (404, or the kind is not served). */
	get(resource: Resource, namespace: string | undefined, name: string): Promise<KubernetesObject | undefined>;
	/** All objects of a kind, in a namespace or in all (undefined); empty when the kind is not served. */
	list(resource: Resource, namespace: string | undefined, labelSelector?: string): Promise<KubernetesObject[]>;
	/**
	 * Server-side apply as field manager `meshboard`: makes the object or gives it these fields; the answer is the object as it is then.
	 * The three that write throw UserError `conflict` (somebody else keeps a field), `invalid` (the server's or a webhook's words), `not-served`.
	 */
	apply(resource: Resource, object: KubernetesObject, options?: ApplyOptions): Promise<KubernetesObject>;
	/** JSON merge patch of an object that is there; `invalid` when it is not. */
	patch(
		resource: Resource,
		namespace: string | undefined,
		name: string,
		change: Readonly<Record<string, unknown>>,
		options?: WriteOptions,
	): Promise<KubernetesObject>;
	/** False when there was none. */
	remove(resource: Resource, namespace: string | undefined, name: string, options?: WriteOptions): Promise<boolean>;
	/** Lists, then watches WorkloadEntries, reconnecting for ever, until `signal`. Resolves when aborted; never rejects for a passing fault. */
	watchEntries(scope: EntriesScope, onUpdate: (update: EntriesUpdate) => void, signal: AbortSignal): Promise<void>;
	/** TokenRequest; `seconds` ≥ 600; the server may give less: see `expiresAt`. */
	createToken(namespace: string, serviceAccount: string, audience: string, seconds: number): Promise<IssuedToken>;
	/** Answers in the order of the questions. */
	mayI(reviews: readonly AccessReview[]): Promise<boolean[]>;
	/** Runs a command in a pod's container (no shell of ours between). `onOutput`: told of its standard output as it comes. */
	podExec(
		pod: {namespace: string; name: string; container: string},
		command: readonly string[],
		options: {timeoutSeconds: number; signal?: AbortSignal; onOutput?: (text: string) => void},
	): Promise<PodExecEnd>;
	/** GET on 127.0.0.1:15014 of every running istiod pod, through port-forward. Status 0: that pod gave no answer, `body` says why. */
	istiod(
		istioNamespace: string,
		revision: string | undefined,
		path: string,
		signal?: AbortSignal,
	): Promise<ReadonlyArray<{pod: string; status: number; body: string}>>;
	/**
	 * The newest lines of every running istiod's log, no older than so many seconds; undefined: that pod's may not be read, or gave no
	 * answer, and `reason` says why.
	 */
	istiodLog(
		istioNamespace: string,
		revision: string | undefined,
		part: {readonly lines: number; readonly seconds: number},
		signal?: AbortSignal,
	): Promise<ReadonlyArray<{pod: string; lines: readonly string[] | undefined; reason: string}>>;
	/** The server's clock minus ours, in ms, from the `Date` header of the last answer; 0 before the first. */
	clockOffset(): number;
	close(): void;
};

/**
 * What a key that is not in known_hosts meets: refused, saved without asking, or asked about once. `ignore`: taken for this sitting and not
 * saved. A key that differs from the recorded one is refused under each of them.
 */
export type HostKeyPolicy = 'strict' | 'accept-new' | 'ask' | 'ignore';

/** How the proxy runs on a VM: in a container, or as the service `istio` of Istio's own package. */
export type Layout = 'container' | 'package';

/** The command line of the container engine on a VM. */
export type Runtime = 'docker' | 'podman';

/** Where to connect over SSH, and as whom. `~/.ssh/config` is applied by the adapter, under these values. */
export type SshDestination = {
	readonly host: string;
	/** undefined: what `~/.ssh/config` says, else 22. */
	readonly port?: number;
	/** undefined: what `~/.ssh/config` says, else the user who runs meshboard. */
	readonly user?: string;
	/** Private key file; undefined: ssh-agent, then `~/.ssh/config`, then the default names. */
	readonly key?: string;
	/** Jump hosts in order, `[user@]host[:port]`; undefined: what `~/.ssh/config` says. */
	readonly jump?: readonly string[];
	/** Log in with a password, which is asked for; no key is offered to the host itself (to jump hosts they are). */
	readonly password?: true;
	readonly hostKeys: HostKeyPolicy;
	/** known_hosts file; undefined: what `~/.ssh/config` says (`~/.ssh/known_hosts`). */
	readonly knownHosts?: string;
};

/** How a command on the VM ended: with a code, by a signal, after our time limit, or unknown since the connection was lost. */
export type ExecResult = {
	readonly code: number | undefined;
	readonly ended: 'exited' | 'signalled' | 'timed-out' | 'cancelled' | 'lost';
	readonly stdout: string;
	readonly stderr: string;
};

export type ExecOptions = {
	/** Sent to standard input, then closed. May hold a secret: it is never logged. Parts are asked for as the VM takes them. */
	readonly input?: string | Uint8Array | AsyncIterable<Uint8Array>;
	/** Every chunk as it arrives; `stdout` and `stderr` of the result hold at most the last 1 MiB each. */
	readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
	/** Default 60. The remote process is killed when it is over. */
	readonly timeoutSeconds?: number;
	readonly signal?: AbortSignal;
};

/** A file of this machine. `read` begins anew with every call, and hands out one part at a time. */
export type LocalFile = {
	readonly bytes: number;
	readonly sha256: string;
	read(): AsyncIterable<Uint8Array>;
};

/** A file of this machine that holds an image, as it tells itself. `names`: as the archive writes them; `architecture`: Go's word, empty when unknown. */
export type ImageArchive = {
	readonly names: readonly string[];
	readonly format: 'docker' | 'oci';
	readonly architecture: string;
};

/** Why a TCP connection did not come about. `prohibited`: the SSH server forbids forwarding, nothing is known of the port. */
export type DialFailure = 'refused' | 'filtered' | 'unreachable' | 'unresolved' | 'prohibited' | 'lost';
export type DialResult =
	| {readonly ok: true; readonly stream: Duplex}
	| {readonly ok: false; readonly failure: DialFailure; readonly text: string};

/** A machine reached over SSH as one user. Commands are POSIX sh: the adapter sees to it whatever the login shell is. */
export type RemoteHost = {
	/** `user@host:port`, for people. */
	readonly description: string;
	/** SHA256 fingerprint of the host key, as ssh-keygen prints it. */
	readonly hostKey: string;
	/** Never rejects for what the command does; throws UserError `ssh.*` when no channel can be opened. */
	exec(command: string, options?: ExecOptions): Promise<ExecResult>;
	/** A TCP connection made by the VM's sshd (direct-tcpip), so that it starts on the VM; needs nothing installed there. */
	dial(host: string, port: number, options?: {timeoutSeconds?: number; signal?: AbortSignal}): Promise<DialResult>;
	/** Resolves when the connection is gone, with the reason. */
	readonly closed: Promise<string>;
	close(): void;
};

/** Opens SSH connections. `connect` throws UserError with an `ssh.*` code. */
export type Connector = {
	connect(
		destination: SshDestination,
		options: {prompts: Prompts; signal?: AbortSignal; connectTimeoutSeconds?: number},
	): Promise<RemoteHost>;
	/** The public key line (`ssh-ed25519 AAAA… comment`) of the identity that `connect` would offer first; throws `ssh.key-unusable` when there is none. */
	publicKey(destination: SshDestination): Promise<string>;
};

/** A question that only a person can answer. `secret` is masked. `id` is equal for equal questions: the answer is asked once. */
export type Question =
	| {readonly kind: 'secret'; readonly id: string; readonly title: string; readonly detail?: string}
	| {readonly kind: 'confirm'; readonly id: string; readonly title: string; readonly detail?: string};

/** Asks a person, one question at a time. undefined: nobody is there, or the question was dismissed. A confirmation is 'yes' or undefined. */
export type Prompts = {ask(question: Question, signal?: AbortSignal): Promise<string | undefined>};

/**
 * What a user keeps for a cluster and its VMs. Names are the flags' long names in camelCase. Never holds a secret.
 * All is optional: flags, annotations and defaults fill the rest.
 */
export type Profile = {
	readonly kubeconfig?: string;
	readonly context?: string;
	/** Namespaces to list; empty or absent: all. */
	readonly namespaces?: readonly string[];
	readonly istioNamespace?: string;
	readonly revision?: string;
	/** Names of the ConfigMaps with the mesh's configuration and the injector's values, where they are not Istio's own. */
	readonly meshConfigMapName?: string;
	readonly injectConfigMapName?: string;
	readonly sshUser?: string;
	readonly sshPort?: number;
	readonly sshKey?: string;
	/** Log in with a password that is asked for, with no key. */
	readonly sshPassword?: boolean;
	/** Seconds for TCP, handshake and login. */
	readonly sshConnectTimeout?: number;
	readonly jump?: readonly string[];
	readonly hostKeys?: HostKeyPolicy;
	readonly knownHosts?: string;
	/** The account with sudo that prepares VMs. */
	readonly adminUser?: string;
	readonly layout?: Layout;
	readonly imageHub?: string;
	/** Image of the pod from which VMs are dialled where no pod of the mesh can: sh, with curl, wget or nc. */
	readonly probeImage?: string;
	/** What runs the proxy's container. */
	readonly runtime?: Runtime;
	/** `ADDRESS` or `ADDRESS:PORT` of the gateway for VMs. */
	readonly gateway?: string;
	readonly parallel?: number;
	/** Seconds for one step. */
	readonly timeout?: number;
	/** Lifetime of the token, in seconds. */
	readonly duration?: number;
	readonly readOnly?: boolean;
	/** Colours of the screens. */
	readonly theme?: ThemeName;
	/** Screens of nothing but ASCII. */
	readonly ascii?: boolean;
	/** Lines for a screen reader in place of screens. */
	readonly screenReader?: boolean;
	/** The mouse on the screens. */
	readonly mouse?: boolean;
};

/** Colours of the screens: by what the terminal says of itself, for a dark or a light background, or with the strongest contrast on both. */
export type ThemeName = 'auto' | 'dark' | 'light' | 'high-contrast';

/** What a person chose about how the screens look; what is absent, the terminal decides. */
export type Looks = {
	readonly theme?: ThemeName | undefined;
	/** False: no colours; bold, dim and inverse stay. */
	readonly colour?: boolean | undefined;
	/** True: nothing but ASCII. */
	readonly ascii?: boolean | undefined;
	/** True: lines that only grow, for a screen reader or a terminal without a cursor. */
	readonly screenReader?: boolean | undefined;
	/** True: the screens take the wheel and clicks. */
	readonly mouse?: boolean | undefined;
};

/** Hosts of `~/.ssh/config` that are reached in the same way, and what it says of them. */
export type SshWay = {
	readonly hosts: readonly string[];
	/** Undefined: the account here. */
	readonly user: string | undefined;
	/** Path of its key; undefined: those of the agent and the default ones. */
	readonly key: string | undefined;
	readonly jump: readonly string[];
};

/** What this machine has for reaching VMs, for proposals: names and paths, no key. `problems`: a sentence for each thing that could not be looked at. */
export type SshSurvey = {
	/** The account here. */
	readonly user: string;
	/** Comments of the agent's keys. */
	readonly agentKeys: readonly string[];
	/** Paths of key pairs in `~/.ssh`; `standard`: one that ssh offers by itself. */
	readonly keyFiles: ReadonlyArray<{readonly path: string; readonly standard: boolean}>;
	/** Most hosts first. */
	readonly ways: readonly SshWay[];
	readonly problems: readonly string[];
};

/** What this machine has for reaching clusters; `problems` as of SshSurvey. */
export type KubeconfigSurvey = {
	/** False: there is no kubeconfig, and nothing else to connect to. */
	readonly isThere: boolean;
	readonly contexts: readonly string[];
	/** What would be connected to without being told; undefined: nothing. */
	readonly current: string | undefined;
	readonly problems: readonly string[];
};

export type Survey = SshSurvey & KubeconfigSurvey;

/** Keys of the screens that the user chose: actions (docs/keys.md) with their keys. */
export type KeySettings = Readonly<Record<string, readonly string[]>>;

/** The store of profiles. Throws UserError `config.*` (exit 78) for a file that cannot be read; nothing is ever wiped. */
export type Profiles = {
	readonly path: string;
	list(): Array<{name: string; profile: Profile; current: boolean}>;
	get(name: string): Profile | undefined;
	/** The name in use: the argument of `use`, else `default`. */
	current(): string;
	save(name: string, profile: Profile): void;
	remove(name: string): void;
	use(name: string): void;
	/** Kept beside the profiles, for all of them; whether there is such an action or key, the screens know. */
	keys(): KeySettings;
};

/** What a repair did. `copy`: where the damaged file is kept, undefined when nothing was wrong; `lost`: a clause for each thing that was left out. */
export type RepairedProfiles = {
	readonly copy: string | undefined;
	readonly kept: readonly string[];
	readonly lost: readonly string[];
};

/** The store of profiles with the way out of a damaged file: keeps a copy beside it and saves what can be read. */
export type ProfileStore = Profiles & {repair(): RepairedProfiles};

/** The lines of the screens' command line, oldest first, each once; none of them rejects. */
export type CommandHistory = {read(): Promise<readonly string[]>; add(line: string): Promise<void>};

export type Clock = {now(): Date; sleep(milliseconds: number, signal?: AbortSignal): Promise<void>};
