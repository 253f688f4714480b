import type {Confinement} from './confinement.ts';
import type {Listener} from './parse/listeners.ts';
import type {OsRelease} from './parse/os-release.ts';
import type {Ownership} from './parse/ownership.ts';
import type {Room} from './room.ts';
import type {WaysOut} from './ways-out.ts';

/** What preparation must know of a VM, as root sees it. Texts are sanitised, never secret. */
export type AdminFacts = {
	/** `uname -s`. */
	readonly kernel: string;
	readonly os: OsRelease;
	/** The account that became root; `root` when it is root itself. */
	readonly admin: string;
	readonly tools: readonly string[];
	readonly engine: {
		/** `missing`: neither a usable engine nor a service of it. */
		readonly state: 'usable' | 'missing' | 'stopped' | 'failed';
		/** Its version, or its own words. */
		readonly text: string;
		/** `systemctl is-active docker`, `is-enabled docker`; empty when unknown. */
		readonly active: string;
		readonly enabled: string;
	};
	readonly packages: {
		/** The version of Docker's package that would be installed; empty when the package lists have none. */
		readonly candidate: string;
		/** True when the package lists, or the list of repositories, have Docker's own package, docker-ce. */
		readonly dockerCe: boolean;
		/** True when dpkg was interrupted and wants `dpkg --configure -a`. */
		readonly interrupted: boolean;
		/** True when Docker's package is chosen for installation, done or not: then it is the distribution's Docker that is to be completed. */
		readonly chosen: boolean;
		/** True while an installation that meshboard began goes on. */
		readonly running: boolean;
	};
	/** Listening TCP sockets, with their programs. */
	readonly listeners: readonly Listener[];
	readonly waysOut: WaysOut;
	readonly confinement: Confinement;
	/** The account that runs the proxy; undefined when there is none. */
	readonly account:
		| {
				readonly home: string;
				readonly homeExists: boolean;
				/** True when it never had a password and sshd refuses the keys of such accounts (`UsePAM no`). */
				readonly locked: boolean;
				/** Name of its login group. */
				readonly group: string;
				readonly groups: readonly string[];
				readonly sshDirectory: Ownership;
				readonly authorizedKeys: Ownership;
				/** True when `authorized_keys` holds the public key, with options or without. */
				readonly keyPresent: boolean;
		  }
		| undefined;
	readonly dockerGroupExists: boolean;
	/** What starts the account's containers with the machine where the engine is podman. */
	readonly atBoot: {readonly lingers: boolean; readonly restarts: boolean};
	readonly configDir: Ownership & {
		readonly kind: 'directory' | 'absent' | 'other';
		/** True for a symbolic link: root never follows one that another may have laid. */
		readonly link: boolean;
		/** True when it holds anything but a proxy's bundle: it may be a directory of the system or of another program. */
		readonly holdsOthers: boolean;
	} /** The room where preparation writes, as far as it is told. */;
	readonly rooms: readonly Room[];
};
