import type {CatalogueEntry} from '../catalogue-entry.ts';

export const identityFindings = {
	'identity.root-mismatch': {
		severity: 'error',
		summary:
			'The VM trusts another root than the mesh has: file of another cluster or revision, rotated CA, old chain in `OUTPUT_CERTS`.',
		remedy: {
			text: 'Copy the present root, remove old `key.pem` and `cert-chain.pem`, restart.',
			command: "kubectl get cm istio-ca-root-cert -n <ns> -o jsonpath='{.data.root-cert\\.pem}'",
		},
	},
	'identity.mismatch': {
		severity: 'error',
		summary: 'The certificate or token is of another service account or namespace than the proxy claims.',
		remedy: {
			text: 'Remove the old certificates, issue a token for the right account. `docker rm -f <c>`; package:',
			command: 'sudo rm /etc/certs/key.pem /etc/certs/cert-chain.pem',
		},
	},
	'identity.cluster-id': {
		severity: 'error',
		summary: 'The proxy names a cluster that istiod does not know.',
		remedy: {text: 'Set the right id.'},
	},
	'identity.external-ca': {
		severity: 'error',
		summary: 'istiod signs no certificates (istio-csr, AWS PCA, Vault), and the VM asks it to.',
		remedy: {text: 'Set `CA_ADDR` to the external CA and expose it to the VM.'},
	},
	'identity.cert-expired': {
		severity: 'error',
		summary: "The workload's certificate has ended or was not renewed in time, and no cause was found.",
		remedy: {text: 'Restart the proxy with a new token.', command: 'docker restart <c>'},
	},
	'identity.duplicate-proxy': {
		severity: 'error',
		summary: 'Two machines run the same proxy id, as after cloning a VM or unpacking a bundle twice.',
		remedy: {text: 'One entry and one bundle for each VM; stop the other.'},
	},
} as const satisfies Record<string, CatalogueEntry>;
