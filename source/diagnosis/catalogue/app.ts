import type {CatalogueEntry} from '../catalogue-entry.ts';

export const appFindings = {
	'app.not-listening': {
		severity: 'error',
		summary: 'Nothing answers at the `defaultEndpoint` of an ingress, so inbound requests fail.',
		remedy: {text: 'Start the application on 127.0.0.1:`<port>`, or correct `defaultEndpoint`.', command: 'ss -ltn'},
	},
} as const satisfies Record<string, CatalogueEntry>;
