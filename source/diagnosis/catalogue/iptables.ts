import type {CatalogueEntry} from '../catalogue-entry.ts';

export const iptablesFindings = {
	'iptables.unavailable': {
		severity: 'error',
		summary: 'The rules cannot be written: kernel modules absent, or nft and legacy mixed.',
		remedy: {
			text: 'Load the modules, or choose one backend. `sudo modprobe iptable_nat` or',
			command: 'sudo update-alternatives --set iptables /usr/sbin/iptables-nft',
		},
	},
	'iptables.not-applied': {
		severity: 'error',
		summary: 'Interception is asked for and nothing is redirected.',
		remedy: {text: "Run the init step again with `ISTIO_INBOUND_PORTS='*'`.", command: 'sudo iptables-save -t nat'},
	},
	'iptables.leftover-rules': {
		severity: 'error',
		summary: 'Rules of a former proxy remain: duplicates, or a redirect to a port where nothing listens.',
		remedy: {
			text: '`sudo pilot-agent istio-iptables --cleanup-only` (package: `istio-start.sh clean`)',
			command: 'sudo pilot-agent istio-iptables --cleanup-only',
		},
	},
	'iptables.docker-bypass': {
		severity: 'warning',
		summary: 'Containers on the VM bypass the mesh or lose their connections.',
		remedy: {
			text: "Set `KUBE_VIRT_INTERFACES=docker0`, or run the application on the host's network.",
			command: 'docker network ls',
		},
	},
	'iptables.ssh-captured': {
		severity: 'error',
		summary: 'The redirect takes the SSH port: the session drops when it starts.',
		remedy: {text: 'Add every SSH port to `ISTIO_LOCAL_EXCLUDE_PORTS` (default `22,15090,15021,15020`).'},
	},
	'iptables.dns-capture': {
		severity: 'error',
		summary: 'DNS capture breaks name resolution on the VM.',
		remedy: {text: '`ISTIO_META_DNS_CAPTURE=false`, or exclude the resolver.'},
	},
} as const satisfies Record<string, CatalogueEntry>;
