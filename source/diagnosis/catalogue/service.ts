import type {CatalogueEntry} from '../catalogue-entry.ts';

export const serviceFindings = {
	'service.none-selects': {
		severity: 'error',
		summary: 'No Service and no ServiceEntry takes the VM as an endpoint.',
		remedy: {text: 'Align the labels or create the Service.', command: 'kubectl get svc -n <ns> -o wide'},
	},
	'service.target-port': {
		severity: 'error',
		summary:
			"The Service's `targetPort` is a name that the entry's `ports` does not have: istiod leaves this endpoint out.",
		remedy: {text: 'Add `ports: {<name>: <number>}` to the entry, or a number to the Service.'},
	},
	'service.entry-invalid': {
		severity: 'error',
		summary: 'A ServiceEntry for the VM breaks validation, or cannot take entries.',
		remedy: {
			text: 'Correct the field named; for entries with DNS names use `resolution: DNS`.',
			command: 'kubectl apply --dry-run=server -f <file>',
		},
	},
	'service.endpoint-missing': {
		severity: 'error',
		summary: 'A Service selects the entry, yet istiod does not offer the VM as its endpoint.',
		remedy: {
			text: "See whether istiod watches the namespace (`discoverySelectors`) and the entry's condition.",
			command: 'kubectl get we <we> -n <ns> -o yaml',
		},
	},
} as const satisfies Record<string, CatalogueEntry>;
