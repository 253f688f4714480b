import type {CatalogueEntry} from '../catalogue-entry.ts';

export const entryFindings = {
	'entry.not-found': {
		severity: 'error',
		summary: 'No WorkloadEntry of this name in this namespace, or the entry of a connected proxy is gone.',
		remedy: {
			text: 'Use the form `name.namespace`; recreate the entry; after a WorkloadGroup was recreated, restart the proxy.',
			command: 'kubectl get we -A',
		},
	},
	'entry.invalid': {
		severity: 'error',
		summary: "A field or an annotation's value breaks the rules of WorkloadEntry or WorkloadGroup.",
		remedy: {text: 'Correct the fields named.', command: 'kubectl apply --dry-run=server -f <file>'},
	},
	'entry.not-registered': {
		severity: 'error',
		summary: 'Auto-registration made no entry for the VM.',
		remedy: {
			text: "Apply the WorkloadGroup in the proxy's namespace; switch `PILOT_ENABLE_WORKLOAD_ENTRY_AUTOREGISTRATION` of istiod on; then restart the proxy.",
			command: 'kubectl get workloadgroups -n <ns>',
		},
	},
	'entry.address-missing': {
		severity: 'error',
		summary: 'The entry gives the proxy no IP: no `spec.address` that is an IP, and no `proxy-instance-ip`.',
		remedy: {
			text: "Set `spec.address` to the IP that pods reach; with a DNS name there, set `sidecar-bootstrap.istio.io/proxy-instance-ip` to the VM's own IP.",
		},
	},
	'entry.addresses-swapped': {
		severity: 'error',
		summary:
			"`spec.address` holds the VM's internal IP and `proxy-instance-ip` the external one; it must be the reverse.",
		remedy: {
			text: "Exchange the two: `spec.address` = reachable by pods, `proxy-instance-ip` = on the VM's interface.",
		},
	},
	'entry.instance-ip-not-local': {
		severity: 'error',
		summary: "INSTANCE_IP is on none of the VM's interfaces, so inbound listeners cannot bind.",
		remedy: {
			text: 'Set `proxy-instance-ip` to the internal IP.',
			command: 'kubectl annotate we <we> -n <ns> sidecar-bootstrap.istio.io/proxy-instance-ip=<ip> --overwrite',
		},
	},
	'entry.wrong-ip': {
		severity: 'error',
		summary:
			"The proxy runs with, or was registered under, an IP of the VM that the mesh cannot use: Docker's bridge, link-local, another interface.",
		remedy: {
			text: 'Name the IP: `proxy-instance-ip`, for the package `ISTIO_SVC_IP` (`--internalIP` / `--externalIP`); remove the wrong entry.',
		},
	},
	'entry.annotation-unknown': {
		severity: 'warning',
		summary: 'An annotation of bootstrap has no effect: misspelt, retired, or on the wrong object.',
		remedy: {text: 'Rename or remove the key.', command: 'kubectl annotate we <we> -n <ns> <key>-'},
	},
	'entry.service-account-missing': {
		severity: 'error',
		summary: '`spec.serviceAccount` is empty: no token, and clients send plaintext to this endpoint.',
		remedy: {
			text: 'Set it.',
			command: 'kubectl patch we <we> -n <ns> --type merge -p \'{"spec":{"serviceAccount":"<sa>"}}\'',
		},
	},
	'entry.duplicate-address': {
		severity: 'error',
		summary:
			"Two entries have the same address in the same network: istiod finds a proxy's entry by IP, so one is ignored.",
		remedy: {text: 'Keep one entry for an address.', command: 'kubectl get we -A'},
	},
	'entry.network-unknown': {
		severity: 'info',
		summary:
			'`spec.network` (or label `topology.istio.io/network`) names a network that no gateway serves: pods dial `spec.address` directly, never through an east-west gateway; that is by design. It may also be a misspelling.',
		remedy: {text: 'Nothing if pods can route to the VM; else open the route or a VPN, or correct the name.'},
	},
	'entry.labels-missing': {
		severity: 'warning',
		summary: 'Labels `app` or `version` are absent: telemetry has no name for the workload, and TSB requires both.',
		remedy: {
			text: 'Add them.',
			command: 'kubectl patch we <we> -n <ns> --type merge -p \'{"spec":{"labels":{"app":"<app>","version":"v1"}}}\'',
		},
	},
	'entry.labels-conflict': {
		severity: 'warning',
		summary:
			'`metadata.labels` and `spec.labels` disagree: istiod selects by the first, `sidecar.env` carries the second.',
		remedy: {text: 'Make them equal.'},
	},
	'entry.not-linked': {
		severity: 'warning',
		summary: 'The proxy is not linked to its hand-made entry, so probe results are not written.',
		remedy: {text: "Set `ISTIO_META_WORKLOAD_ENTRY=<we>` in the proxy's environment (Istio 1.19 or newer)."},
	},
	'entry.stale': {
		severity: 'warning',
		summary: 'An auto-registered entry outlived its VM: traffic still goes there.',
		remedy: {text: 'Delete it.', command: 'kubectl delete we <we> -n <ns>'},
	},
} as const satisfies Record<string, CatalogueEntry>;
