import {UserError} from '../../errors.ts';
import type {Target} from '../../mesh/target.ts';
import type {Clock, Cluster, Connector, ImageArchive, LocalFile, Prompts} from '../../ports.ts';
import type {
	Action,
	Answers,
	DialAnswer,
	Exec,
	IstiodAnswer,
	List,
	ListAnswer,
	PodDial,
	ProbePod,
	TokenAnswer,
} from '../action.ts';
import {isOutOfReach} from '../out-of-reach.ts';
import {dialFromVm} from './dial.ts';
import {type AsRoot, execAsRoot, type Sudoer} from './exec.ts';
import {feedFile} from './feed.ts';
import {createHosts} from './hosts.ts';
import {getFromVm} from './http.ts';
import {issueToken} from './issue-token.ts';
import {istiodLinesAbout} from './istiod-log.ts';
import type {VmLock} from './lock.ts';
import type {OnOutput} from './on-output.ts';
import {placeFiles} from './place.ts';
import type {DialFrom} from './pod-dialer.ts';
import {dialFromPod, type FindMeshPods, requestFromPod} from './pods.ts';
import type {ProbePods} from './probe-pods.ts';
import {connectionBroke, stillThere} from './still-there.ts';
import {uploadFile} from './upload.ts';
import {writeFiles} from './write.ts';

/** Performs the actions of one run: the only place where a run touches the world. Throws UserError for the user's situation. */
export type Performer = {
	perform(action: Action, target: Target, onOutput: OnOutput, signal: AbortSignal): Promise<unknown>;
	/** Opens new SSH connections from the next action on: groups of the user are read anew. */
	reconnect(): void;
	/** Resolves when the VM's lock is given back and every connection is closed; never rejects. */
	close(): Promise<void>;
};

export type PerformerParts = {
	readonly cluster: Cluster;
	readonly connector: Connector;
	readonly prompts: Prompts;
	readonly clock: Clock;
	/** Of a run that changes its VM: no other one may do so meanwhile. */
	readonly lock?: VmLock;
	readonly probes: ProbePods;
	/** Pods to send traffic to a VM from, those of the namespace first: see findMeshPods. */
	readonly meshPods: FindMeshPods;
	/** Dials from them, together with other runs. */
	readonly dialFrom: DialFrom;
	/** Reads the target's objects again. */
	readonly resolve: () => Promise<Target>;
	/** Opens a file of this machine; throws UserError `usage` when it cannot be read. */
	readonly localFile: (path: string) => Promise<LocalFile>;
	/** Reads what a file with an image says of itself; throws UserError `usage` or `bad-data`. */
	readonly imageArchive: (path: string) => Promise<ImageArchive>;
	/** Told of every secret before it is used, so that it can be redacted wherever it turns up. */
	readonly onSecret: (secret: string) => void;
};

/** Istio's package has some 50 MB, an image some hundred: a slow line needs more than the time of other actions. */
const leastUploadSeconds = 1800;

export function createPerformer(parts: PerformerParts): Performer {
	const {lock} = parts;
	const hosts = createHosts(parts.connector, parts.prompts, (host) => lock?.isHeldBy(host) ?? false);
	const sudoers = new Map<string, Sudoer>();
	let token: string | undefined;
	const self = {};

	/**
	 * A connection, with the lock asked for on the first. What changes nothing does not wait for the answer, so that the lock takes no time of
	 * its own; `perform` sees to it before it hands anything on.
	 */
	async function connect(as: 'admin' | 'user', target: Target, signal: AbortSignal, {changes = false} = {}) {
		const host = await hosts.connect(as, target, signal);
		const taken = lock?.take(host);
		taken?.catch(() => undefined);
		if (changes) await taken;
		return host;
	}

	async function exec(action: Exec, target: Target, onOutput: OnOutput, signal: AbortSignal): Promise<Answers['exec']> {
		const host = await connect(action.as, target, signal, action);
		const begun = performance.now();
		const options = {
			timeoutSeconds: action.timeoutSeconds ?? target.timeoutSeconds.value,
			signal,
			...(action.show === true ? {onOutput} : {}),
		};
		const result =
			action.sudo === true
				? await execAsRoot(sudoerOf(host), action.command, options, parts.prompts, parts.onSecret)
				: await host.exec(action.command, options);
		signal.throwIfAborted();
		if (result.ended === 'lost') {
			const broke = await connectionBroke(host);
			hosts.drop(action.as);
			throw broke;
		}
		return {...result, ms: Math.round(performance.now() - begun)};
	}

	function sudoerOf(host: Sudoer['host']): Sudoer {
		const known = sudoers.get(host.description);
		if (known?.host === host) return known;
		const sudoer: Sudoer = {host, user: host.description.split('@')[0] ?? '', mode: known?.mode ?? {kind: 'unknown'}};
		sudoers.set(host.description, sudoer);
		return sudoer;
	}

	/** Runs as root what takes more on its standard input; how root is reached is found out before that. */
	async function asRoot(target: Target, signal: AbortSignal): Promise<AsRoot> {
		const host = await connect('admin', target, signal, {changes: true});
		const sudoer = sudoerOf(host);
		await execAsRoot(sudoer, 'true', {signal}, parts.prompts, parts.onSecret);
		return {
			description: host.description,
			async exec(command, options) {
				const result = await execAsRoot(sudoer, command, {...options, signal}, parts.prompts, parts.onSecret);
				signal.throwIfAborted();
				if (result.ended !== 'lost') return result;
				const broke = await connectionBroke(host);
				hosts.drop('admin');
				throw broke;
			},
		};
	}

	async function keepToken(target: Target): Promise<TokenAnswer> {
		const issued = await issueToken(parts.cluster, target, parts.onSecret);
		token = issued.token;
		return issued.answer;
	}

	async function askIstiod(path: string, target: Target, signal: AbortSignal): Promise<IstiodAnswer> {
		try {
			const pods = await parts.cluster.istiod(
				target.mesh?.istioNamespace ?? 'istio-system',
				target.mesh?.revision || undefined,
				path,
				signal,
			);
			return {done: true, pods};
		} catch (error) {
			if (error instanceof UserError) return {done: false, text: error.message};
			throw error;
		}
	}

	async function list({resource, namespace}: List): Promise<ListAnswer> {
		try {
			return {done: true, objects: await parts.cluster.list(resource, namespace)};
		} catch (error) {
			if (error instanceof UserError) return {done: false, text: error.message};
			throw error;
		}
	}

	/** From a pod. A VM that is not even there for us is told as that, not as a way that is closed for pods. */
	async function dialVm(action: PodDial, target: Target, signal: AbortSignal): Promise<DialAnswer> {
		const answer = await dialFromPod(parts, action, target.entry.namespace, signal);
		if (answer.outcome === 'filtered' || answer.outcome === 'unreachable') {
			const host = await connect('user', target, signal).catch((error: unknown) => {
				if (isOutOfReach(error)) throw error;
				return undefined;
			});
			if (host !== undefined) await stillThere(host, signal);
		}
		return answer;
	}

	async function probe({pod}: ProbePod, signal: AbortSignal): Promise<Answers['probe-pod']> {
		try {
			await parts.probes.use(self, pod, signal);
			return {done: true};
		} catch (error) {
			if (!(error instanceof UserError)) throw error;
			return {done: false, text: [error.message, error.hint ?? []].flat().join(' ')};
		}
	}

	async function performOne<A extends Action>(
		action: A,
		target: Target,
		onOutput: OnOutput,
		signal: AbortSignal,
	): Promise<unknown> {
		switch (action.kind) {
			case 'exec':
				return exec(action, target, onOutput, signal);
			case 'write':
				return writeFiles(await connect('user', target, signal, action), action, token, signal);
			case 'place':
				return placeFiles(await asRoot(target, signal), action, token);
			case 'upload': {
				const seconds = Math.max(leastUploadSeconds, target.timeoutSeconds.value);
				return uploadFile(await asRoot(target, signal), action, parts.localFile, onOutput, seconds);
			}
			case 'feed': {
				const timeoutSeconds = Math.max(leastUploadSeconds, target.timeoutSeconds.value);
				const host = await connect('user', target, signal, action);
				return feedFile(host, action, parts.localFile, onOutput, {timeoutSeconds, signal});
			}
			case 'read-image':
				return parts.imageArchive(action.from);
			case 'dial':
				return dialFromVm(await connect('user', target, signal), action, signal);
			case 'http':
				return getFromVm(await connect('user', target, signal), action, signal);
			case 'issue-token':
				return keepToken(target);
			case 'resolve':
				// Shared with the dials that come for them; these tell what hinders it.
				if (action.ahead === 'pods') parts.meshPods(target.entry.namespace).catch(() => undefined);
				return parts.resolve();
			case 'list':
				return list(action);
			case 'pod-request':
				return requestFromPod(parts, action, target.entry.namespace, signal);
			case 'pod-dial':
				return dialVm(action, target, signal);
			case 'probe-pod':
				return probe(action, signal);
			case 'istiod':
				return askIstiod(action.path, target, signal);
			case 'istiod-log':
				return istiodLinesAbout(parts.cluster, target, action, signal);
			case 'remove-object':
				return parts.cluster.remove(action.resource, action.namespace, action.name);
			case 'patch-object':
				await parts.cluster.patch(action.resource, action.namespace, action.name, action.change);
				return undefined;
			case 'apply-object':
				await parts.cluster.apply(action.resource, action.object);
				return undefined;
			case 'wait':
				return parts.clock.sleep(action.seconds * 1000, signal);
		}
	}

	return {
		async perform(action, target, onOutput, signal) {
			const answer = await performOne(action, target, onOutput, signal);
			await lock?.answered();
			return answer;
		},
		reconnect() {
			hosts.drop('user');
			hosts.drop('admin');
		},
		async close() {
			parts.probes.leave(self);
			await lock?.release();
			hosts.close();
		},
	};
}
