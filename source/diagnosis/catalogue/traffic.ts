import type {CatalogueEntry} from '../catalogue-entry.ts';

export const trafficFindings = {
	'traffic.mtls-mismatch': {
		severity: 'error',
		summary: 'One side speaks mTLS, the other does not.',
		remedy: {
			text: 'Align the policies; set `spec.serviceAccount`.',
			command: 'kubectl get peerauthentication,destinationrule -A',
		},
	},
	'traffic.denied': {
		severity: 'error',
		summary: 'An AuthorizationPolicy refuses the VM, or a client of it.',
		remedy: {text: 'Add the principal `cluster.local/ns/<ns>/sa/<sa>`.', command: 'kubectl get authorizationpolicy -A'},
	},
	'traffic.unknown': {
		severity: 'error',
		summary: 'A test request to or from the VM fails and no cause was found.',
		remedy: {text: 'Read the response flags.', command: 'docker logs --tail 50 <c>'},
	},
} as const satisfies Record<string, CatalogueEntry>;
