/** Istio's package as root finds it on a VM. Texts are sanitised, never secret. */
export type PackageFacts = {
	/** Which package manager there is: `deb` (apt), `rpm` (dnf or yum); empty when neither is known. */
	readonly manager: 'deb' | 'rpm' | '';
	/** Version of istio-sidecar; empty when it is not installed. */
	readonly version: string;
	/** True while an installation that meshboard began goes on. */
	readonly installing: boolean;
	readonly unit: {
		/** systemd's words: `active`, `failed`; `enabled`, `disabled`; empty when there is no such unit. */
		readonly active: string;
		readonly enabled: string;
		/** When it became active, in seconds since 1970; 0 when it is not. */
		readonly since: number;
		/** How often systemd started it anew. */
		readonly restarts: number;
	};
	/** SHA-256, owner, mode and time of writing by path; a file that is absent is missing. */
	readonly files: Readonly<Record<string, FileFacts>>;
	/** SHA-256 of each certificate in the root file, of its Base64 without line breaks. */
	readonly roots: readonly string[];
	/** The claims part of the token, as it stands there; empty without one. */
	readonly tokenPayload: string;
	/** Lines of `/etc/hosts` that name istiod, in their order. */
	readonly hosts: readonly string[];
	/** Addresses of a gateway that has a name, as the VM resolves it now; empty when it does not, or has an IP. */
	readonly gatewayIps: readonly string[];
	/** URIs in the certificate that the proxy kept; empty when there is none or it cannot be read. */
	readonly identity: string;
	/** Ports on which sshd listens. */
	readonly sshPorts: readonly number[];
	/** Seconds since 1970 by the VM's clock. */
	readonly clock: number;
};

type FileFacts = {readonly sum: string; readonly mode: number; readonly owner: string; readonly written: number};
