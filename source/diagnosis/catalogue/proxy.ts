import type {CatalogueEntry} from '../catalogue-entry.ts';

export const proxyFindings = {
	'proxy.not-ready': {
		severity: 'error',
		summary: 'The container runs, Envoy is not ready, and no cause was found.',
		remedy: {text: 'Read the log above that line.', command: 'docker logs --tail 200 <c>'},
	},
	'proxy.not-running': {
		severity: 'error',
		summary:
			"The proxy's container was not started, is gone, has ended or keeps restarting, and the reason is none of those below.",
		remedy: {text: 'Read the log.', command: 'docker ps -a --filter name=<c>'},
	},
	'proxy.image-not-found': {
		severity: 'error',
		summary: 'The hub has no such image or tag.',
		remedy: {
			text: 'Set `proxy-image-hub` or `sidecar.istio.io/proxyImage`.',
			command: 'docker manifest inspect <image>',
		},
	},
	'proxy.image-denied': {
		severity: 'error',
		summary: 'The registry refuses the pull: login needed, or rate limit.',
		remedy: {
			text: '`docker login <hub>` on the VM; or a mirror, or `docker load` of a saved image, which `--image FILE` does over SSH.',
			command: 'docker login <hub>',
		},
	},
	'proxy.registry-unreachable': {
		severity: 'error',
		summary: 'The VM cannot talk to the registry: DNS, no egress, TLS.',
		remedy: {
			text: 'Open egress, or use a hub within reach, or `docker load`, which `--image FILE` does over SSH.',
			command: 'docker load',
		},
	},
	'proxy.name-conflict': {
		severity: 'error',
		summary: "The container's name is taken, and not by this entry's former proxy.",
		remedy: {text: 'Set `proxy-container-name`, or remove the other.', command: 'docker ps -a'},
	},
	'proxy.already-running': {
		severity: 'error',
		summary: 'Another proxy runs on this VM (package and container, or two containers); one host network holds one.',
		remedy: {text: 'Stop the other. `sudo systemctl disable --now istio` or', command: 'docker rm -f <name>'},
	},
	'proxy.env-quoted': {
		severity: 'error',
		summary: 'Values in the environment file carry quotes, which Docker keeps.',
		remedy: {
			text: '`sed -i "s/\'//g" <dir>/cluster.env`, then recreate the container.',
			command: 'sed -i "s/\'//g" <dir>/cluster.env',
		},
	},
	'proxy.uds-denied': {
		severity: 'error',
		summary:
			'The agent cannot create its sockets: directory owned by another user, a stale socket of root, a read-only mount.',
		remedy: {
			text: "Give `/etc/istio/proxy` and `/var/run/secrets` to the proxy's user; remove old sockets. `docker rm -f <c>`, package:",
			command: 'sudo chown -R istio-proxy /etc/istio/proxy /var/run/secrets',
		},
	},
	'proxy.root-cert-missing': {
		severity: 'error',
		summary:
			'No root certificate where the agent looks: absent, empty, not PEM, or a directory that Docker made in its place.',
		remedy: {text: 'Bootstrap again.'},
	},
	'proxy.env-drift': {
		severity: 'warning',
		summary:
			'The running proxy no longer fits its entry: labels, network, service account, instance IP, addresses. Policies and Sidecars that select by label pass it by.',
		remedy: {text: 'Bootstrap again.'},
	},
	'proxy.version-skew': {
		severity: 'warning',
		summary: 'The proxy is more than one minor version older than istiod, or newer than it.',
		remedy: {text: "Pin `sidecar.istio.io/proxyImage` to istiod's tag, or remove it."},
	},
} as const satisfies Record<string, CatalogueEntry>;
