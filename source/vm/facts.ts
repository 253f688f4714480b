import type {Confinement} from './confinement.ts';
import type {WaysOut} from './ways-out.ts';

/** A container of the engine; of its environment only the names of its entry are read, since the rest may hold secrets. */
export type ContainerFacts = {
	readonly name: string;
	readonly image: string;
	/** `running`, `exited`, `created`, … */
	readonly state: string;
	/** `unless-stopped`, `always`, `on-failure`, `no`; empty when unknown. */
	readonly restartPolicy: string;
	/** `host`, `bridge`, …; empty when unknown. */
	readonly networkMode: string;
	/** `POD_NAME` and `POD_NAMESPACE` of its environment: the entry that a proxy serves; empty when it has none. */
	readonly podName: string;
	readonly podNamespace: string;
};

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
	/** The VM's clock, seconds since 1970; 0 when unknown. */
	readonly clock: number;
	/** Which of docker, podman, ss, curl, systemctl, apt-get… are there. */
	readonly tools: readonly string[];
	readonly docker: {
		readonly state: 'usable' | 'missing' | 'denied' | 'group-stale' | 'stopped' | 'failed';
		/** Server version, or the engine's own words. */
		readonly text: string;
		/** `systemctl is-enabled docker`; empty when unknown. */
		readonly enabled: string;
		/** `systemctl is-active docker`; empty when unknown. */
		readonly active: string;
		/** Architecture of the engine as Go names it, e.g. `amd64`; empty when it does not answer. */
		readonly architecture: string;
	};
	/** What starts a user's containers with the machine; undefined where the engine is Docker, a service of the machine itself. */
	readonly atBoot: {readonly lingers: boolean; readonly restarts: boolean} | undefined;
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
	/** Is the image that was asked about there already? undefined when the engine could not be asked. */
	readonly imagePresent: boolean | undefined;
	/** Free KiB where the bundle goes and where the engine keeps images; undefined when unknown. */
	readonly freeKib: {readonly configDir: number | undefined; readonly engine: number | undefined};
	/** Free inodes where the bundle goes; undefined when unknown (some file systems have no such limit and say 0). */
	readonly freeInodes: number | undefined;
	/** Listening TCP sockets; undefined when they could not be listed. */
	readonly listeners:
		| ReadonlyArray<{readonly address: string; readonly port: number; readonly process: string}>
		| undefined;
	/** IP addresses with their interface; undefined when they could not be listed. */
	readonly addresses: ReadonlyArray<{readonly interface: string; readonly address: string}> | undefined;
	/** Containers of the engine, running or not; undefined when they could not be listed. */
	readonly containers: readonly ContainerFacts[] | undefined;
	readonly waysOut: WaysOut;
	readonly confinement: Confinement;
	/** What SELinux has denied containers of late, as far as the user may read that. */
	readonly denials: readonly string[];
};
