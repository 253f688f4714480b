import {randomBytes} from 'node:crypto';
import {exitCodes, UserError} from '../../errors.ts';
import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import {asList, asRecord, asText} from '../../mesh/untyped.ts';
import type {Clock, Cluster} from '../../ports.ts';
import {probeLabels, probeSeconds} from '../probe-pod.ts';

/** The probe pods of a sitting: one for each namespace, shared by all runs that want it. */
export type ProbePods = {
	/** Of each of them: no other sitting has it. */
	readonly name: string;
	/** Resolves when the pod runs; throws UserError when it may not be made, or does not come up. `user`: who leaves it later. */
	use(user: object, pod: KubernetesObject, signal: AbortSignal): Promise<void>;
	/** Soon after its last user has left, a pod is removed: the next round of a watch may still want it. */
	leave(user: object): void;
	/**
	 * Removes what is left at once, and waits a while for a server that does not answer. Resolves with the pods that it never took, as
	 * `namespace/name`, which their deadline ends; never rejects.
	 */
	close(): Promise<readonly string[]>;
};

const pods = {group: '', resource: 'pods'} as const;
/** Milliseconds between looks at a pod that is coming up, and for which one is kept after its last user has left. */
const lookEvery = 300;
const linger = 10_000;
/** Seconds that a pod may take to come up; its image may have to be pulled. */
const patience = 90;
/** Milliseconds for which a server that is out of reach is asked again to remove a pod, and between two tries. */
const removalPatience = 30_000;
const removeEvery = 500;

type Pod = {
	readonly users: Set<object>;
	readonly madeAt: number;
	readonly running: Promise<void>;
	readonly object: KubernetesObject;
	/** Ends the waiting for it. */
	readonly stop: AbortController;
	removal?: NodeJS.Timeout;
	/** Resolves with whether the server has taken its removal. */
	gone?: Promise<boolean>;
};

export function createProbePods({cluster, clock}: {readonly cluster: Cluster; readonly clock: Clock}): ProbePods {
	const known = new Map<string, Pod>();

	/** It is known until the server has taken its removal, so that whoever closes waits for that, and who wants another too. */
	function remove(namespace: string, pod: Pod): Promise<boolean> {
		clearTimeout(pod.removal);
		pod.gone ??= (async () => {
			pod.stop.abort();
			// What could not be made is removed too: the server may have made it all the same.
			await pod.running.catch(() => undefined);
			const taken = await takeAway(cluster, clock, namespace, pod.object.metadata.name);
			known.delete(namespace);
			return taken;
		})();
		return pod.gone;
	}

	return {
		name: `meshboard-probe-${randomBytes(3).toString('hex')}`,
		async use(user, object, signal) {
			const namespace = object.metadata.namespace ?? '';
			const before = known.get(namespace);
			if (before !== undefined) {
				clearTimeout(before.removal);
				const old = clock.now().getTime() - before.madeAt > (probeSeconds * 1000) / 2;
				if (old && before.users.size === 0) void remove(namespace, before);
				await before.gone;
			}
			let pod = known.get(namespace);
			if (pod === undefined) {
				const stop = new AbortController();
				const running = start(cluster, clock, object, stop.signal);
				pod = {users: new Set(), madeAt: clock.now().getTime(), running, object, stop};
				known.set(namespace, pod);
				const mine = pod;
				running.catch(() => remove(namespace, mine));
			}
			pod.users.add(user);
			// Who is interrupted does not wait for it; others that share it do.
			await Promise.race([pod.running, abortOf(signal)]);
		},
		leave(user) {
			for (const [namespace, pod] of known) {
				if (!pod.users.delete(user) || pod.users.size > 0) continue;
				pod.removal = setTimeout(() => void remove(namespace, pod), linger);
				pod.removal.unref();
			}
		},
		async close() {
			const taken = await Promise.all(
				[...known].map(async ([namespace, pod]) => ({
					taken: await remove(namespace, pod),
					name: `${namespace}/${pod.object.metadata.name}`,
				})),
			);
			return taken.flatMap((each) => (each.taken ? [] : [each.name]));
		},
	};
}

/** Whether the server took it: one that refuses is not asked again, one that does not answer is. */
async function takeAway(cluster: Cluster, clock: Clock, namespace: string, name: string): Promise<boolean> {
	const end = clock.now().getTime() + removalPatience;
	for (;;) {
		try {
			await cluster.remove(pods, namespace, name);
			return true;
		} catch (error) {
			const passes = error instanceof UserError && error.code === 'cluster.unreachable';
			if (!passes || clock.now().getTime() > end) return false;
			await clock.sleep(removeEvery);
		}
	}
}

function abortOf(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), {once: true}));
}

async function start(cluster: Cluster, clock: Clock, object: KubernetesObject, signal: AbortSignal): Promise<void> {
	const {namespace = '', name} = object.metadata;
	await mayProbe(cluster, namespace);
	await removeLeft(cluster, clock, namespace);
	await cluster.apply(pods, object);
	const end = clock.now().getTime() + patience * 1000;
	for (;;) {
		const pod = await cluster.get(pods, namespace, name);
		const fault = pod === undefined ? 'somebody removed it' : faultOf(pod);
		if (fault !== undefined) throw notUp(namespace, name, fault);
		if (asText(asRecord(pod?.status)['phase']) === 'Running') return;
		signal.throwIfAborted();
		if (clock.now().getTime() > end) throw notUp(namespace, name, `it does not run after ${patience} s`);
		await clock.sleep(lookEvery, signal);
	}
}

/** Who may not remove the pod, or not use it, is told before there is one. */
async function mayProbe(cluster: Cluster, namespace: string): Promise<void> {
	const wanted = [
		{verb: 'create', resource: 'pods'},
		{verb: 'patch', resource: 'pods'},
		{verb: 'get', resource: 'pods'},
		{verb: 'delete', resource: 'pods'},
		{verb: 'create', resource: 'pods', subresource: 'exec'},
	];
	const answers = await cluster.mayI(wanted.map((right) => ({...right, group: '', namespace})));
	const refused = wanted.filter((_, index) => answers[index] !== true);
	if (refused.length === 0) return;
	const words = refused.map(
		({verb, resource, subresource}) => `${verb} ${resource}${subresource ? `/${subresource}` : ''}`,
	);
	throw new UserError({
		code: 'cluster.forbidden',
		message: `A probe pod in namespace ${namespace} takes rights that you do not have: ${words.join(', ')}.`,
		exitCode: exitCodes.notPermitted,
	});
}

/** Removes what a meshboard left that was ended before it could: pods past their deadline, or done. */
async function removeLeft(cluster: Cluster, clock: Clock, namespace: string): Promise<void> {
	const selector = Object.entries(probeLabels)
		.map(([key, value]) => `${key}=${value}`)
		.join(',');
	const found = await cluster.list(pods, namespace, selector).catch(() => []);
	const now = clock.now().getTime() + cluster.clockOffset();
	const left = found.filter(({status, metadata}) => {
		const {phase} = asRecord(status);
		const age = now - Date.parse(metadata.creationTimestamp ?? '');
		return phase === 'Succeeded' || phase === 'Failed' || age > probeSeconds * 1000;
	});
	await Promise.all(left.map(({metadata}) => cluster.remove(pods, namespace, metadata.name).catch(() => false)));
}

/** Why a pod will not run, in the cluster's words; undefined while it may. */
function faultOf({status}: KubernetesObject): string | undefined {
	const {phase, reason, message, containerStatuses} = asRecord(status);
	if (phase === 'Failed' || phase === 'Succeeded')
		return [asText(reason), asText(message), ended(containerStatuses)].filter(Boolean).join(': ') || 'it has ended';
	for (const container of asList(containerStatuses).map(asRecord)) {
		const waiting = asRecord(asRecord(container['state'])['waiting']);
		const why = asText(waiting['reason']);
		if (/^(ErrImage|ImagePullBackOff|InvalidImageName|Create|Run)/.test(why))
			return `${why}: ${asText(waiting['message'])}`;
	}
	return undefined;
}

function ended(containerStatuses: unknown): string {
	const [first] = asList(containerStatuses).map(asRecord);
	const {reason, message} = asRecord(asRecord(first?.['state'])['terminated']);
	return [asText(reason), asText(message)].filter(Boolean).join(': ');
}

function notUp(namespace: string, name: string, why: string): UserError {
	return new UserError({
		code: 'probe-pod',
		message: `The probe pod ${namespace}/${name} does not come up: ${why}.`,
		hint: 'Another image: --probe-image.',
		exitCode: exitCodes.someFailed,
	});
}

/** What is said of a pod, `namespace/name`, whose removal the server never took. */
export function leftPod(pod: string): string {
	const [namespace = '', name = ''] = pod.split('/');
	return `The probe pod ${pod} could not be removed, since the cluster does not answer. It ends by itself within ${probeSeconds / 60} minutes; what is left of it goes with: kubectl -n ${namespace} delete pod ${name}`;
}
