import {expect, it} from 'vitest';
import {exitCodes, UserError} from '../../../source/errors.ts';
import type {PodDial} from '../../../source/onboarding/action.ts';
import {dialFromPod, requestFromPod} from '../../../source/onboarding/perform/pods.ts';
import type {PodExecEnd} from '../../../source/ports.ts';
import {memoryCluster} from '../../helpers/memory-cluster.ts';

const {signal} = new AbortController();
const dial: PodDial = {kind: 'pod-dial', host: '10.128.0.2', port: 9080, timeoutSeconds: 1, tries: 3};
const request = {kind: 'pod-request', service: 'ratings', namespace: 'bookinfo', port: 9080, path: '/'} as const;
const bare = {code: -1, fault: 'OCI runtime exec failed: exec: "sh": executable file not found in $PATH'};
const lost = {code: -1, fault: 'the connection to the cluster was lost before it ended'};

/** A pod of which each container ends commands in its own way. */
function podWith(containers: Readonly<Record<string, Partial<PodExecEnd> | Error>>) {
	const end = async ({container}: {container: string}) => {
		const how = containers[container];
		if (how instanceof Error) throw how;
		return {code: 0, stdout: '', stderr: '', ...how};
	};
	const pod = {namespace: 'bookinfo', name: 'client', containers: Object.keys(containers), direct: false};
	const said = async (place: {container: string}) => {
		const {code, stdout} = await end(place);
		return code === 0 ? {text: stdout, ms: 7} : undefined;
	};
	return {cluster: {...memoryCluster([]), podExec: end}, meshPods: async () => [pod], dialFrom: said};
}

it('asks the next container where one has no shell: that is no fault of the mesh', async () => {
	const app = {stdout: 'ratings\nmeshboard-status 200\n'};
	expect(await requestFromPod(podWith({distroless: bare, app}), request, 'bookinfo', signal)).toMatchObject({
		done: true,
		status: 200,
		body: 'ratings',
	});
});

it('says of each container why it could not be asked', async () => {
	expect(await requestFromPod(podWith({app: lost, distroless: bare}), request, 'bookinfo', signal)).toEqual({
		done: false,
		text: `pod bookinfo/client: app: the command in it was not run to its end: ${lost.fault}; no sh with curl, wget or nc in distroless`,
	});
	const forbidden = new UserError({code: 'cluster.forbidden', message: 'no', exitCode: exitCodes.notPermitted});
	expect(await requestFromPod(podWith({app: forbidden, more: lost}), request, 'bookinfo', signal)).toMatchObject({
		done: false,
		text: 'pod bookinfo/client: no',
	});
});

it('dials as often as is asked for', async () => {
	const parts = podWith({'istio-proxy': {stdout: 'Connected to'}});
	expect(await dialFromPod(parts, dial, 'bookinfo', signal)).toMatchObject({
		outcome: 'open',
		from: 'pod bookinfo/client',
		tries: {made: 3, open: 3, fastest: 7, slowest: 7},
	});
	expect(await dialFromPod(podWith({'istio-proxy': bare}), dial, 'bookinfo', signal)).toMatchObject({
		outcome: 'not-done',
		text: 'pod bookinfo/client: no sh with curl, wget or nc in istio-proxy',
	});
});
