import type {CatalogueEntry} from '../catalogue-entry.ts';

export const iptablesFindings = {
	'iptables.unavailable': {
		severity: 'error',
		summary: 'The rules of interception cannot be written: kernel modules are absent, or nft and legacy are mixed.',
		remedy: {
			text: 'Load the modules, or choose one kind of iptables: `sudo update-alternatives --set iptables /usr/sbin/iptables-nft`.',
			command: 'sudo modprobe iptable_nat',
		},
	},
	'iptables.not-applied': {
		severity: 'error',
		summary: 'Interception is asked for and nothing is redirected.',
		remedy: {
			text: "Run the init step again with `ISTIO_INBOUND_PORTS='*'`; a start of the service `istio` does.",
			command: 'sudo iptables-save -t nat',
		},
	},
	'iptables.leftover-rules': {
		severity: 'error',
		summary: 'Rules of a former proxy remain: twice the same, or a redirect to a port where nothing listens.',
		remedy: {
			text: 'Take them away; with the package `sudo /usr/local/bin/istio-start.sh clean` does.',
			command: 'sudo pilot-agent istio-iptables --cleanup-only',
		},
	},
	'iptables.docker-bypass': {
		severity: 'warning',
		summary: 'Containers on the VM bypass the mesh or lose their connections.',
		remedy: {
			text: "Set `KUBE_VIRT_INTERFACES=docker0` in the entry's `proxyMetadata`, or run the application on the host's network.",
			command: 'docker network ls',
		},
	},
	'iptables.ssh-captured': {
		severity: 'error',
		summary: 'The redirect takes the SSH port: the session drops when it starts.',
		remedy: {
			text: "Add every SSH port to `ISTIO_LOCAL_EXCLUDE_PORTS` (default `22,15090,15021,15020`), and keep it out of the entry's `ports`.",
			command: 'sudo sshd -T | grep -i ^port',
		},
	},
	'iptables.dns-capture': {
		severity: 'error',
		summary: 'DNS capture breaks name resolution on the VM.',
		remedy: {
			text: "`ISTIO_META_DNS_CAPTURE=false` in the entry's `proxyMetadata`, or exclude the resolver; start the proxy again where the VM has got another resolver since.",
			command: 'dig @127.0.0.1 -p 15053 <name>',
		},
	},
} as const satisfies Record<string, CatalogueEntry>;
