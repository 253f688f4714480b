import type {CatalogueEntry} from '../catalogue-entry.ts';

export const clusterFindings = {
	'cluster.unreachable': {
		severity: 'error',
		summary:
			'No answer from the Kubernetes API with this kubeconfig and context: no such file or context, DNS, network, or a server certificate that is not trusted.',
		remedy: {text: 'Switch the context or repair its address or CA.', command: 'kubectl config get-contexts'},
	},
	'cluster.unauthorized': {
		severity: 'error',
		summary: "The API answers and rejects the user's credentials.",
		remedy: {text: 'Log in again.', command: 'kubectl auth whoami'},
	},
	'cluster.forbidden': {
		severity: 'error',
		summary: 'The user may not do something that this stage needs (creating tokens has an id of its own).',
		remedy: {text: 'Have the missing rights granted.', command: 'kubectl auth can-i --list -n <ns>'},
	},
	'cluster.istio-missing': {
		severity: 'error',
		summary: 'Istio is absent or incomplete for this namespace and revision.',
		remedy: {
			text: 'Install Istio, or name the Istio namespace or revision.',
			command: 'kubectl get cm,svc,deploy -n <i>',
		},
	},
	'cluster.istiod-not-ready': {
		severity: 'error',
		summary: 'istiod is installed but no instance serves.',
		remedy: {
			text: 'Wait if the pod is younger than a minute, else read its log.',
			command: 'kubectl get pods -n <i> -l app=istiod',
		},
	},
	'cluster.unsupported-setting': {
		severity: 'error',
		summary: 'The mesh issues or checks identities in a way bootstrap cannot serve.',
		remedy: {text: 'Reinstall with third-party tokens, or with istiod as certificate provider.'},
	},
	'cluster.proxy-config-invalid': {
		severity: 'error',
		summary: "A ProxyConfig that the proxy's settings are merged from cannot be read.",
		remedy: {text: 'Repair the object named in `target`.', command: 'kubectl get cm <name> -n <i> -o yaml'},
	},
	'cluster.ambient': {
		severity: 'warning',
		summary:
			'The mesh, or the namespace that the VM talks to, runs ambient: a VM with a sidecar is not officially supported there and gets endpoints that it cannot use.',
		remedy: {text: "Run the VM's peers in sidecar mode.", command: 'kubectl get ns -L istio.io/dataplane-mode'},
	},
} as const satisfies Record<string, CatalogueEntry>;
