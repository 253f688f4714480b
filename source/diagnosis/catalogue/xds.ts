import type {CatalogueEntry} from '../catalogue-entry.ts';

export const xdsFindings = {
	'xds.unknown': {
		severity: 'error',
		summary: 'The proxy has no stream to istiod and no cause was found.',
		remedy: {
			text: 'Read both logs at the same time. `docker logs -f <c>`;',
			command: 'kubectl logs -n <i> -l app=istiod -f',
		},
	},
	'xds.name-mismatch': {
		severity: 'error',
		summary:
			"istiod is dialled by a name that its certificate lacks: load balancer's name, IP, another revision's name.",
		remedy: {text: 'Dial `istiod[-<rev>].<i>.svc` with a hosts entry, or set `ISTIOD_SAN`.'},
	},
	'xds.rate-limited': {
		severity: 'warning',
		summary: 'istiod turns away new streams because many connect at once.',
		remedy: {text: 'Wait; spread restarts; raise `PILOT_MAX_REQUESTS_PER_SECOND`.'},
	},
	'xds.rejected': {
		severity: 'error',
		summary:
			'Envoy refuses what istiod sends, for a reason that has no id of its own: an EnvoyFilter, a proxy too old.',
		remedy: {
			text: 'Correct the object that the detail names, or upgrade the proxy.',
			command: 'kubectl get envoyfilters -A',
		},
	},
	'xds.warming': {
		severity: 'error',
		summary: 'Configuration came and waits for a secret or cluster that does not.',
		remedy: {
			text: 'Look after the target named. `curl -s localhost:15000/init_dump` on the VM',
			command: 'curl -s localhost:15000/init_dump',
		},
	},
	'xds.not-synced': {
		severity: 'error',
		summary:
			"Proxy and this control plane do not agree: connected and in no istiod's list (it talks to another control plane), or it does not acknowledge.",
		remedy: {
			text: "Compare `discoveryAddress` with this cluster's gateway; if stale, restart the proxy.",
			command: 'istioctl proxy-status',
		},
	},
} as const satisfies Record<string, CatalogueEntry>;
