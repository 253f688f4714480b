import type {CatalogueEntry} from '../catalogue-entry.ts';

/** What an administrator applies, so that somebody may create tokens of a namespace's service accounts (Kubernetes, RBAC: subresources). */
const tokenRole = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: meshboard-token, namespace: <ns>}
rules:
- {apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: meshboard-token, namespace: <ns>}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: meshboard-token}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: YOUR-NAME}
`;

export const tokenFindings = {
	'token.service-account-not-found': {
		severity: 'error',
		summary: "The entry's service account does not exist in its namespace, or was deleted under a running proxy.",
		remedy: {text: 'Run the command.', command: 'kubectl create serviceaccount <sa> -n <ns>'},
	},
	'token.forbidden': {
		severity: 'error',
		summary: 'The user may not create tokens.',
		remedy: {
			text: 'Have the Role and RoleBinding applied that are shown with it, for the name that `kubectl auth whoami` tells.',
			command: 'kubectl auth can-i create serviceaccounts/token -n <ns>',
			manifest: tokenRole,
		},
	},
	'token.short-lived': {
		severity: 'warning',
		summary:
			'The API server gave a shorter life than asked; or the token on the VM has ended, or ends within an hour, while the certificate still holds: a restart without a valid certificate will fail.',
		remedy: {
			text: 'Issue a new token before the next restart; keep `OUTPUT_CERTS` = `PROV_CERT` on a mounted directory, so that renewal uses the certificate.',
		},
	},
	'token.expired': {
		severity: 'error',
		summary: 'The token on the VM has ended and no valid certificate is left.',
		remedy: {
			text: 'New token, then restart.',
			command: 'kubectl create token <sa> -n <ns> --audience istio-ca --duration 24h',
		},
	},
	'token.audience': {
		severity: 'error',
		summary: 'The token is not meant for istiod.',
		remedy: {text: 'As for `token.expired`, with that audience.'},
	},
	'token.foreign': {
		severity: 'error',
		summary: 'The token is of another cluster, or of a service account that was deleted and made again since.',
		remedy: {text: 'As for `token.expired`, from this cluster.'},
	},
	'token.missing': {
		severity: 'error',
		summary:
			'No token where the proxy looks: absent, empty, not a JWT, or a directory that Docker made in its place; often `/var/run` or `/tmp` emptied by a reboot.',
		remedy: {text: 'Bootstrap again into a directory that survives a reboot.'},
	},
	'token.unreadable': {
		severity: 'error',
		summary: "The token is there and the proxy's user may not read it.",
		remedy: {
			text: '`sudo chown 1337 <dir>/istio-token`, or run the container with `-u` of the owner.',
			command: 'sudo chown 1337 <dir>/istio-token',
		},
	},
	'token.rejected': {
		severity: 'error',
		summary: 'istiod refuses the credentials, and the token shows no fault of those above.',
		remedy: {text: "Read istiod's line.", command: 'kubectl logs -n <i> -l app=istiod --tail=200'},
	},
} as const satisfies Record<string, CatalogueEntry>;
