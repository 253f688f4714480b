import type {CatalogueEntry} from '../catalogue-entry.ts';

export const sidecarFindings = {
	'sidecar.missing': {
		severity: 'error',
		summary:
			'Interception is `NONE` and nothing defines an inbound listener: no Sidecar selects the VM, or the one that does has no `ingress`.',
		remedy: {
			text: 'Apply a Sidecar with `ingress` port = the port that clients dial and `defaultEndpoint: 127.0.0.1:<app port>`.',
			command: 'kubectl get sidecars -n <ns> -o yaml',
		},
	},
	'sidecar.invalid': {
		severity: 'error',
		summary: 'A Sidecar breaks a rule of validation.',
		remedy: {text: 'Correct the field named.', command: 'kubectl apply --dry-run=server -f <file>'},
	},
	'sidecar.ports-list': {
		severity: 'error',
		summary:
			'A listener has `ports: [...]`; the field is `port`, one object. The API drops it and the listener loses its port.',
		remedy: {text: 'Write `port: {number, name, protocol}`, one listener for each port.'},
	},
	'sidecar.egress-host-form': {
		severity: 'error',
		summary: 'An egress host is not `namespace/dnsName`, for instance a bare `*`.',
		remedy: {text: 'Write `./*`, `<ns>/*` or `*/*`.'},
	},
	'sidecar.port-unmatched': {
		severity: 'error',
		summary: 'Clients dial a port of the VM that no `ingress` of its Sidecar opens.',
		remedy: {text: "Align the Service's `targetPort`, the entry's `ports` and the Sidecar's `ingress`."},
	},
	'sidecar.ingress-binds-app': {
		severity: 'error',
		summary: "An ingress listener takes the application's own address, or forwards to itself.",
		remedy: {
			text: 'Leave `bind` out, so that the listener takes INSTANCE_IP, with `defaultEndpoint: 127.0.0.1:<app port>`.',
		},
	},
	'sidecar.conflict': {
		severity: 'error',
		summary:
			'More than one Sidecar claims the VM, or two in the namespace have no selector: the older wins, the other is ignored.',
		remedy: {text: 'Keep one.', command: 'kubectl get sidecars -n <ns>'},
	},
	'sidecar.analyzer-false-alarm': {
		severity: 'info',
		summary: 'The analyzer complains of a Sidecar that is right: it looks at pods only, not at entries.',
		remedy: {text: 'Ignore that message.'},
	},
} as const satisfies Record<string, CatalogueEntry>;
