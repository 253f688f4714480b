/** A VM as one probe found it, as one user. Texts are sanitised, never secret. */
export type VmFacts = {
	/** `uname -s`, `uname -m`. */
	readonly kernel: string;
	readonly architecture: string;
	/** From /etc/os-release; empty strings where it says nothing. */
	readonly os: {
		readonly id: string;
		readonly idLike: readonly string[];
		readonly versionId: string;
		readonly prettyName: string;
	};
	readonly user: string;
	/** Groups of this session (`id -nG`). */
	readonly groups: readonly string[];
	/** Members of group docker by the database (`getent group docker`); undefined when there is no such group. */
	readonly dockerGroup: readonly string[] | undefined;
	/** The VM's clock, seconds since 1970. */
	readonly clock: number;
	/** Which of docker, podman, ss, curl, systemctl, apt-get… are there. */
	readonly tools: readonly string[];
	readonly docker: {
		readonly state: 'usable' | 'missing' | 'denied' | 'group-stale' | 'stopped' | 'failed';
		/** Server version, or the engine's own words. */
		readonly text: string;
		/** `systemctl is-enabled docker`; empty when unknown. */
		readonly enabled: string;
	};
	readonly configDir: {
		readonly path: string;
		readonly kind: 'directory' | 'absent' | 'other';
		/** Can this user create a file in it, or create the directory? */
		readonly writable: boolean;
		/** Words of the attempt when not writable. */
		readonly text: string;
		/** Octal digits, owner, group, e.g. `775`, `istio-proxy`, `istio-proxy`; empty when absent. */
		readonly mode: string;
		readonly owner: string;
		readonly group: string;
		readonly fileSystem: string;
	};
	/** Free KiB where the bundle goes and where the engine keeps images; undefined when unknown. */
	readonly freeKib: {readonly configDir: number | undefined; readonly engine: number | undefined};
	/** Listening TCP sockets; undefined when they could not be listed. */
	readonly listeners:
		| ReadonlyArray<{readonly address: string; readonly port: number; readonly process: string}>
		| undefined;
	/** IP addresses with their interface; undefined when they could not be listed. */
	readonly addresses: ReadonlyArray<{readonly interface: string; readonly address: string}> | undefined;
	/** Containers of the engine, running or not; undefined when they could not be listed. */
	readonly containers:
		| ReadonlyArray<{readonly name: string; readonly image: string; readonly state: string; readonly podName: string}>
		| undefined;
	/** `Enforcing`, `Permissive`, `Disabled`, or empty when there is no SELinux. */
	readonly selinux: string;
};
