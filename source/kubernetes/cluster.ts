import type {Cluster} from '../ports.ts';
import {mayI} from './access-review.ts';
import type {KubeconfigOptions} from './choose-context.ts';
import {createDiscovery} from './discovery.ts';
import {createHttp} from './http.ts';
import {askIstiod, readIstiodLogs} from './istiod.ts';
import {loadKubeconfig} from './kubeconfig.ts';
import {podExec} from './pod-exec.ts';
import {getObject, listObjects} from './read-objects.ts';
import {requestToken} from './token-request.ts';
import {watchEntries} from './watch-entries.ts';
import {applyObject, patchObject, removeObject} from './write-objects.ts';

/** A cluster through one kubeconfig context. Throws `cluster.unreachable` (exit 78) when there is no such context; asks the server nothing yet. */
export async function createCluster(options: KubeconfigOptions): Promise<Cluster> {
	const access = loadKubeconfig(options);
	const http = createHttp(access);
	const discovery = createDiscovery(http);
	return {
		context: access.context,
		server: access.server,
		namespace: access.namespace,
		get: (resource, namespace, name) => getObject(http, discovery, resource, namespace, name),
		list: (resource, namespace, labelSelector) => listObjects(http, discovery, resource, namespace, labelSelector),
		apply: (resource, object, writing = {}) => applyObject(http, discovery, resource, object, writing),
		patch: (resource, namespace, name, change, writing = {}) =>
			patchObject(http, discovery, resource, namespace, name, change, writing),
		remove: (resource, namespace, name, writing = {}) =>
			removeObject(http, discovery, resource, namespace, name, writing),
		watchEntries: (scope, onUpdate, signal) =>
			watchEntries({http, discovery, scope, namespace: access.namespace, onUpdate, signal}),
		createToken: (namespace, serviceAccount, audience, seconds) =>
			requestToken(http, namespace, serviceAccount, audience, seconds),
		mayI: (reviews) => mayI(http, reviews),
		podExec: (pod, command, limits) => podExec(http, pod, command, limits),
		istiod: (istioNamespace, revision, path, signal) =>
			askIstiod(http, discovery, istioNamespace, revision, path, signal),
		istiodLog: (istioNamespace, revision, part, signal) =>
			readIstiodLogs(http, discovery, istioNamespace, revision, part, signal),
		clockOffset: http.clockOffset,
		close: http.close,
	};
}
