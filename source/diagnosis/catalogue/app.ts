import type {CatalogueEntry} from '../catalogue-entry.ts';

export const appFindings = {
	'app.not-listening': {
		severity: 'error',
		summary: 'Nothing answers at the `defaultEndpoint` of an ingress, so inbound requests fail.',
		remedy: {text: 'Start the application on 127.0.0.1:`<port>`, or correct `defaultEndpoint`.', command: 'ss -ltn'},
	},
	'app.unhealthy': {
		severity: 'error',
		summary: 'The probe of the WorkloadGroup fails, so istiod withholds the endpoint.',
		remedy: {
			text: "Repair the application, or the probe's path and port.",
			command: "kubectl get we <we> -n <ns> -o jsonpath='{.status.conditions}'",
		},
	},
} as const satisfies Record<string, CatalogueEntry>;
