import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {asList, asRecord, asText} from '../mesh/untyped.ts';

/** What a probe pod is found by: one that was left is removed by the next. */
export const probeLabels = {
	'app.kubernetes.io/managed-by': 'meshboard',
	'app.kubernetes.io/name': 'meshboard-probe',
} as const;

export const probeContainer = 'probe';

/** Seconds after which the cluster ends the pod, whatever has become of meshboard. */
export const probeSeconds = 300;

/**
 * A pod to dial from where no pod of the mesh can be used. It has no sidecar, which would take every connection itself; no rights
 * (Pod Security Standards, restricted), no token, and a deadline.
 */
export function probePod(namespace: string, name: string, image: string): KubernetesObject {
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: {
			name,
			namespace,
			labels: {...probeLabels, 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none'},
			annotations: {'sidecar.istio.io/inject': 'false'},
		},
		spec: {
			activeDeadlineSeconds: probeSeconds,
			terminationGracePeriodSeconds: 0,
			restartPolicy: 'Never',
			automountServiceAccountToken: false,
			enableServiceLinks: false,
			securityContext: {
				runAsNonRoot: true,
				runAsUser: 65_534,
				runAsGroup: 65_534,
				seccompProfile: {type: 'RuntimeDefault'},
			},
			containers: [
				{
					name: probeContainer,
					image,
					command: ['sh', '-c', `sleep ${probeSeconds}`],
					securityContext: {
						allowPrivilegeEscalation: false,
						readOnlyRootFilesystem: true,
						capabilities: {drop: ['ALL']},
					},
					resources: {
						requests: {cpu: '10m', memory: '16Mi'},
						limits: {cpu: '100m', memory: '64Mi'},
					},
				},
			],
		},
	};
}

export function probeImage({spec}: KubernetesObject): string {
	return asText(asRecord(asList(asRecord(spec)['containers'])[0])['image']);
}
