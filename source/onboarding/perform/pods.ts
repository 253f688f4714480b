import {UserError} from '../../errors.ts';
import type {Cluster} from '../../ports.ts';
import {parseListeners} from '../../proxy/listeners.ts';
import type {DialAnswer, PodAnswer, PodDial, PodRequest} from '../action.ts';
import {mergeTries} from '../merge-tries.ts';
import type {MeshPod} from '../mesh-pod.ts';
import {podCommand, readDial, readRequest, requestScript} from '../pod-probe.ts';
import {type Place, runInContainer} from './in-container.ts';
import type {DialFrom, Said} from './pod-dialer.ts';

/** Finds pods that can send traffic to a VM, those of the namespace first. */
export type FindMeshPods = (namespace: string) => Promise<readonly MeshPod[]>;

type Parts = {readonly cluster: Cluster; readonly meshPods: FindMeshPods; readonly dialFrom: DialFrom};

/** A sidecar gives up on a connection after 10 s by default: its answer is waited for. */
const requestSeconds = 12;

/** Sends a request through a Service of the mesh, from the first pod that can. */
export async function requestFromPod(
	{cluster, meshPods}: Parts,
	action: PodRequest,
	near: string,
	signal: AbortSignal,
): Promise<PodAnswer> {
	const host = `${action.service}.${action.namespace}.svc.cluster.local`;
	const {answer, reasons} = await fromSomePod(
		() => meshPods(near),
		near,
		async (pod) => {
			const address = pod.direct ? await sidecarListener(cluster, pod, action.port, signal) : host;
			if (address === undefined) return {reason: `its sidecar has no outbound listener on port ${action.port}`};
			const words = [
				`http://${address}:${action.port}${action.path}`,
				`${action.service}.${action.namespace}:${action.port}`,
				String(requestSeconds),
			];
			const command = podCommand(requestScript, ...words);
			return firstContainer(pod, pod.containers, async (place) => {
				const said = await runInContainer(cluster, place, command, {timeoutSeconds: requestSeconds + 5, signal});
				const read = said === undefined ? undefined : readRequest(said);
				return read && {done: true as const, pod: `${pod.namespace}/${pod.name}`, ...read};
			});
		},
	);
	return answer ?? {done: false, text: reasons};
}

/** Opens a TCP connection to a VM from the container that was named, else from the first pod that can, past its sidecar. */
export async function dialFromPod(
	{dialFrom, meshPods}: Parts,
	action: PodDial,
	near: string,
	signal: AbortSignal,
): Promise<DialAnswer> {
	const start = performance.now();
	const {by} = action;
	const named = by && [{...by, containers: [by.container], direct: true}];
	const {answer, reasons} = await fromSomePod(
		async () => named ?? meshPods(near),
		near,
		async (pod) => {
			// Where traffic is redirected, only the proxy's own user passes by the sidecar; elsewhere any container does.
			const containers = pod.direct ? pod.containers : ['istio-proxy'];
			return firstContainer(pod, containers, async (place) => {
				const tries = await Promise.all(Array.from({length: action.tries ?? 1}, () => dialFrom(place, action, signal)));
				const [first, ...more] = tries.flatMap((said) => (said === undefined ? [] : [answerOf(said, pod)]));
				return first && mergeTries([first, ...more]);
			});
		},
	);
	return (
		answer ?? {
			outcome: 'not-done',
			ms: Math.round(performance.now() - start),
			text: reasons,
			chain: [],
			from: 'a pod of the mesh',
		}
	);
}

function answerOf({text, ms}: Said, pod: MeshPod): DialAnswer {
	return {outcome: readDial(text), ms, text: lastWords(text), chain: [], from: `pod ${pod.namespace}/${pod.name}`};
}

type Attempt<T> = T | {readonly reason: string};

async function fromSomePod<T extends object>(
	find: () => Promise<readonly MeshPod[]>,
	near: string,
	attempt: (pod: MeshPod) => Promise<Attempt<T>>,
): Promise<{answer?: T; reasons: string}> {
	let pods: readonly MeshPod[];
	try {
		pods = await find();
	} catch (error) {
		return {reasons: sentence(error)};
	}
	if (pods.length === 0)
		return {reasons: `no ready pod with a sidecar in namespace ${near}, nor in another that may be read`};
	const reasons: string[] = [];
	for (const pod of pods) {
		const answer = await attempt(pod).catch((error: unknown): Attempt<T> => ({reason: sentence(error)}));
		if (!('reason' in answer)) return {answer, reasons: ''};
		reasons.push(`pod ${pod.namespace}/${pod.name}: ${answer.reason}`);
	}
	return {reasons: reasons.join('; ')};
}

async function firstContainer<T extends object>(
	{namespace, name}: MeshPod,
	containers: readonly string[],
	ask: (place: Place) => Promise<T | undefined>,
): Promise<Attempt<T>> {
	const lacking: string[] = [];
	const reasons: string[] = [];
	for (const container of containers) {
		try {
			const answer = await ask({namespace, name, container});
			if (answer !== undefined) return answer;
			// A container without a shell is no fault of the mesh: the next one may have it.
			lacking.push(container);
		} catch (error) {
			if (error instanceof UserError && error.code === 'cluster.forbidden') throw error;
			reasons.push(`${container}: ${sentence(error)}`);
		}
	}
	const none = lacking.length === 0 ? [] : [`no sh with curl, wget or nc in ${lacking.join(', ')}`];
	return {reason: [...reasons, ...none].join('; ')};
}

/** The address on which a sidecar without redirection takes requests for a port, e.g. `127.0.0.2`. */
async function sidecarListener(
	cluster: Cluster,
	pod: MeshPod,
	port: number,
	signal: AbortSignal,
): Promise<string | undefined> {
	const command = ['pilot-agent', 'request', 'GET', 'listeners?format=json'];
	const result = await cluster.podExec({namespace: pod.namespace, name: pod.name, container: 'istio-proxy'}, command, {
		timeoutSeconds: 10,
		signal,
	});
	return parseListeners(result.stdout).find((listener) => listener.port === port && listener.address.startsWith('127.'))
		?.address;
}

function lastWords(output: string): string {
	const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('meshboard-'));
	return lines.at(-1)?.replace(/^[*<>] /, '') ?? '';
}

function sentence(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
