import {exitCodes, UserError} from '../errors.ts';
import {asRecord} from '../mesh/untyped.ts';
import type {Discovery} from './discovery.ts';
import type {ApiHttp} from './http.ts';
import {getFromPod} from './port-forward.ts';
import {listObjects} from './read-objects.ts';

/** istiod's port for metrics and debugging: pilot/cmd/pilot-discovery/app, `--monitoringAddr`. */
const debugPort = 15_014;

/**
 * GET on the debug port of every running istiod, side by side. From a pod's own loopback its endpoints ask for no credentials.
 * Throws when there is no istiod, or when none of them answers. One that does not answer while others do has status 0 and the reason
 * as its body: what only it knows is not known, which is not the same as absent.
 */
export async function askIstiod(
	http: ApiHttp,
	discovery: Discovery,
	istioNamespace: string,
	revision: string | undefined,
	path: string,
	signal?: AbortSignal,
): Promise<ReadonlyArray<{pod: string; status: number; body: string}>> {
	const selector = revision === undefined || revision === '' ? 'app=istiod' : `app=istiod,istio.io/rev=${revision}`;
	const pods = await listObjects(http, discovery, {group: '', resource: 'pods'}, istioNamespace, selector);
	const running = pods
		.filter(({status}) => asRecord(status)['phase'] === 'Running')
		.map(({metadata}) => ({namespace: istioNamespace, name: metadata.name}));
	if (running.length === 0) {
		throw new UserError({
			code: 'cluster.istiod-not-ready',
			message: `No istiod runs in namespace ${istioNamespace}.`,
			exitCode: exitCodes.unreachable,
			hint: `kubectl get pods -n ${istioNamespace} -l app=istiod`,
		});
	}
	const asked = await Promise.allSettled(
		running.map(async (pod) => ({pod: pod.name, ...(await getFromPod(http, pod, debugPort, path, signal))})),
	);
	const failure = asked.find((one) => one.status === 'rejected');
	if (failure !== undefined && asked.every((one) => one.status === 'rejected')) throw failure.reason;
	return asked.map((one, index) =>
		one.status === 'fulfilled' ? one.value : {pod: running[index]?.name ?? '', status: 0, body: sentence(one.reason)},
	);
}

function sentence(reason: unknown): string {
	if (reason instanceof UserError) return reason.message;
	throw reason;
}
