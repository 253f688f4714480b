import type {CatalogueEntry} from '../catalogue-entry.ts';

export const listenerFindings = {
	'listener.port-taken': {
		severity: 'error',
		summary:
			'The application, or another program, holds the address that an inbound listener needs: usually it listens on `0.0.0.0`.',
		remedy: {
			text: 'Let the application listen on 127.0.0.1 (`-p 127.0.0.1:9080:9080`), or give the Sidecar another port.',
			command: 'sudo ss -ltnp sport = :<port>',
		},
	},
	'listener.egress-conflict': {
		severity: 'error',
		summary: 'An outbound listener wants a port of 127.0.0.1 that the proxy or the application has.',
		remedy: {text: 'Name the hosts that are needed in `egress`, with `bind: 127.0.0.2`.'},
	},
	'listener.inbound-missing': {
		severity: 'error',
		summary: 'A Sidecar asks for an inbound listener and the VM has none, cause unknown.',
		remedy: {
			text: 'Compare the selector with the labels that the proxy sends. `curl -s localhost:15000/listeners` on the VM',
			command: 'curl -s localhost:15000/listeners',
		},
	},
} as const satisfies Record<string, CatalogueEntry>;
