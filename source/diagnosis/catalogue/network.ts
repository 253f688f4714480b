import type {CatalogueEntry} from '../catalogue-entry.ts';

export const networkFindings = {
	'network.istiod-unresolved': {
		severity: 'error',
		summary:
			'The name of istiod does not resolve where the proxy runs: no hosts entry, an empty `hosts` file, or a broken resolver.',
		remedy: {
			text: 'Add `<gw> istiod.<i>.svc` to `/etc/hosts`, or `--add-host`.',
			command: 'getent hosts istiod.istio-system.svc',
		},
	},
	'network.istiod-wrong-address': {
		severity: 'error',
		summary: "The name resolves to an address that is not the gateway's: a ClusterIP, or a former address.",
		remedy: {text: 'Correct the hosts entry.'},
	},
	'network.gateway-blocked': {
		severity: 'error',
		summary: "No answer from the gateway's port on the way from the VM.",
		remedy: {
			text: 'Open VM → gateway TCP 15012 and 15443 in firewall or security group.',
			command: 'nc -vz <gw> 15012',
		},
	},
	'network.gateway-refused': {
		severity: 'error',
		summary:
			"The gateway's address refuses the port although Service, pods and exposure are sound: a load balancer without listener or healthy backend, a rejecting firewall.",
		remedy: {
			text: 'Look at listeners and health checks of the load balancer.',
			command: 'kubectl describe svc <name> -n <i>',
		},
	},
	'network.vm-unreachable': {
		severity: 'error',
		summary: 'Pods cannot reach the VM: the port is closed on the way, or `spec.address` is not routable from pods.',
		remedy: {text: "Open pods → VM on the Sidecar's ingress ports, or correct `spec.address`."},
	},
	'network.pods-unreachable': {
		severity: 'error',
		summary: "The VM counts as in the cluster's network and cannot reach pod IPs.",
		remedy: {
			text: 'Open VM → pods; or set `spec.network` to a name of its own and let 15443 carry the traffic.',
			command: `kubectl patch we <we> -n <ns> --type merge -p '{"spec":{"network":"<net>"}}'`,
		},
	},
	'network.health-port-blocked': {
		severity: 'warning',
		summary: '15021 answers on the VM and not from the cluster.',
		remedy: {text: 'Open pods → VM TCP 15021 if something probes it.'},
	},
	'network.mtu': {
		severity: 'error',
		summary: 'Large packets get lost: TCP connects, TLS hangs.',
		remedy: {text: "Lower the MTU of the VM's interface, or clamp the MSS on the path.", command: 'ip link show'},
	},
	'network.tls-intercepted': {
		severity: 'error',
		summary: 'Something between VM and istiod ends TLS: load balancer with its own certificate, inspecting proxy.',
		remedy: {text: 'Pass TCP through unchanged (TCP listener, no inspection).'},
	},
} as const satisfies Record<string, CatalogueEntry>;
