import type {CatalogueEntry} from '../catalogue-entry.ts';

export const vmFindings = {
	'vm.os-unsupported': {
		severity: 'error',
		summary: 'Not Linux, or, for the package, a C library that is too old (CentOS/RHEL 7).',
		remedy: {text: 'Run the proxy as a container, or move to RHEL 8 or newer.'},
	},
	'vm.arch-mismatch': {
		severity: 'error',
		summary: "The image has no variant for the VM's processor.",
		remedy: {text: 'Push a multi-arch image to the hub, or name another with `sidecar.istio.io/proxyImage`.'},
	},
	'vm.clock-skew': {
		severity: 'error',
		summary: "The VM's clock is off, so certificates are not yet valid or already over.",
		remedy: {text: 'Set the time and keep NTP on.', command: 'sudo timedatectl set-ntp true'},
	},
	'vm.disk-unwritable': {
		severity: 'error',
		summary: 'No room, or a file system mounted read-only, where the proxy or the container engine writes.',
		remedy: {text: 'Free space or remount.', command: 'df -h'},
	},
	'vm.sudo-unavailable': {
		severity: 'error',
		summary: 'A preparation step needs root and the user cannot become root.',
		remedy: {text: 'Give the sudo password, or have the listed commands run by an administrator.', command: 'sudo -l'},
	},
	'vm.runtime-missing': {
		severity: 'error',
		summary: 'Neither Docker nor podman on the VM, or its installation failed.',
		remedy: {
			text: "`sudo apt-get install -y docker.io` (or the distribution's package, or podman)",
			command: 'sudo apt-get install -y docker.io',
		},
	},
	'vm.docker-denied': {
		severity: 'error',
		summary: 'The SSH user may not use Docker.',
		remedy: {
			text: '`sudo usermod -aG docker <user>`, then a new SSH session',
			command: 'sudo usermod -aG docker <user>',
		},
	},
	'vm.docker-group-stale': {
		severity: 'error',
		summary: 'The user is in the group, the session is older than that.',
		remedy: {text: 'Open a new SSH session (also end a shared control connection).'},
	},
	'vm.docker-stopped': {
		severity: 'error',
		summary: 'Docker is installed, its daemon does not run.',
		remedy: {text: 'Run the command.', command: 'sudo systemctl enable --now docker'},
	},
	'vm.not-reboot-safe': {
		severity: 'warning',
		summary: 'The proxy will not be back after a reboot.',
		remedy: {
			text: '`sudo systemctl enable docker`; `docker update --restart unless-stopped <c>`; `proxy-config-dir` to `/etc/istio-proxy`',
			command: 'docker update --restart unless-stopped <c>',
		},
	},
	'vm.config-dir-denied': {
		severity: 'error',
		summary: '`<dir>` cannot be made or written by the SSH user, or is a file.',
		remedy: {text: 'Run the command.', command: 'sudo install -d -m 775 -o <user> -g <user> <dir>'},
	},
	'vm.ports-in-use': {
		severity: 'error',
		summary: 'Another program holds a port of the proxy.',
		remedy: {text: 'Move that program.', command: 'sudo ss -ltnp'},
	},
	'vm.selinux': {
		severity: 'error',
		summary: 'SELinux denies the container its mounted files.',
		remedy: {text: 'Mount with `:z` / `:Z`, or', command: 'sudo chcon -R -t container_file_t <dir>'},
	},
	'vm.file-limit': {
		severity: 'error',
		summary: 'The proxy runs out of file descriptors.',
		remedy: {
			text: "Raise `LimitNOFILE`, or `--ulimit nofile=65536` of the container; where the words are of inotify, the machine's `fs.inotify.max_user_instances`.",
		},
	},
} as const satisfies Record<string, CatalogueEntry>;
