import type {CatalogueEntry} from '../catalogue-entry.ts';

export const gatewayFindings = {
	'gateway.not-found': {
		severity: 'error',
		summary: 'No gateway for VMs in the cluster.',
		remedy: {
			text: 'Install an east-west gateway (`samples/multicluster/gen-eastwest-gateway.sh`), or give the address.',
			command: 'kubectl get svc -A -l topology.istio.io/network',
		},
	},
	'gateway.address-pending': {
		severity: 'error',
		summary: "The gateway's Service has no external address.",
		remedy: {
			text: 'Wait; without a load-balancer controller use MetalLB, `externalIPs` or a NodePort, or give the address.',
			command: 'kubectl get svc -n <i> -o wide',
		},
	},
	'gateway.hostname-only': {
		severity: 'warning',
		summary: 'The load balancer has a name and no IP (ELB, NLB): hosts entries need an IP that can change.',
		remedy: {
			text: 'Static IPs for the load balancer; or dial the name with `ISTIOD_SAN=istiod.<i>.svc`.',
			command: 'dig +short <hostname>',
		},
	},
	'gateway.port-missing': {
		severity: 'error',
		summary: "The gateway's Service lacks the port that VMs use.",
		remedy: {
			text: 'Add the port, or choose the right gateway.',
			command: "kubectl get svc <name> -n <i> -o jsonpath='{.spec.ports}'",
		},
	},
	'gateway.mesh-expansion-off': {
		severity: 'error',
		summary: 'TSB: mesh expansion is not enabled, so there is no `vmgateway`.',
		remedy: {
			text: 'Run the command.',
			command:
				'kubectl patch ControlPlane controlplane -n istio-system --patch \'{"spec":{"meshExpansion":{}}}\' --type merge',
		},
	},
	'gateway.not-ready': {
		severity: 'error',
		summary: 'The gateway has no pod that serves.',
		remedy: {
			text: "Read the pod's log; repair its revision, its network label, its way to istiod.",
			command: 'kubectl get pods -n <i> -l <selector>',
		},
	},
	'gateway.not-exposed': {
		severity: 'error',
		summary: 'The gateway runs but nobody told it to pass 15012 to istiod, or 15443 to services of another network.',
		remedy: {
			text: 'Apply `expose-istiod.yaml`, and `expose-services.yaml` for several networks: meshboard expand --apply',
			command: 'kubectl get gateways.networking.istio.io,virtualservices -n <i>',
		},
	},
	'gateway.network-unserved': {
		severity: 'error',
		summary:
			"The VM is in a network of its own and istiod knows no gateway of the cluster's network, so the VM gets pod IPs that it cannot reach.",
		remedy: {
			text: 'Give both the same label: `kubectl label ns <i> topology.istio.io/network=<net>`, and the gateway too.',
			command: 'kubectl label svc <gateway> -n <i> topology.istio.io/network=<net>',
		},
	},
	'gateway.wrong-cluster': {
		severity: 'error',
		summary: "The address leads to another cluster's gateway (primary and remote).",
		remedy: {text: "Give the address of the primary's gateway (`--ingressIP`)."},
	},
	'gateway.node-port': {
		severity: 'error',
		summary: "The gateway is reached through a NodePort, and the VM is told the Service's port.",
		remedy: {
			text: 'Use the node port in both addresses, as `istiod.istio-system.svc:32503`.',
			command: 'kubectl get svc <name> -n <i> -o wide',
		},
	},
} as const satisfies Record<string, CatalogueEntry>;
