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
	'traffic.hosts-entry-missing': {
		severity: 'warning',
		summary: "A service that the Sidecar's `egress` offers does not resolve to that listener on the VM.",
		remedy: {text: 'Add the name with the bind address to `/etc/hosts`, or use `http_proxy`.'},
	},
	'traffic.host-not-visible': {
		severity: 'warning',
		summary: "The VM is asked to reach a service that its Sidecar's `egress` leaves out.",
		remedy: {text: 'Add `<host>` to `egress[].hosts`.'},
	},
	'traffic.unknown': {
		severity: 'error',
		summary: 'A test request to or from the VM fails and no cause was found.',
		remedy: {text: 'Read the response flags.', command: 'docker logs --tail 50 <c>'},
	},
} as const satisfies Record<string, CatalogueEntry>;
