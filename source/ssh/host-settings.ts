/** What OpenSSH's client would use for a host: the relevant part of `ssh -G`, with paths made absolute. */
export type HostSettings = {
	/** The name as it was given, before HostName of ssh_config. */
	readonly original: string;
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly identityFiles: readonly string[];
	/** Offer nothing from the agent but what `identityFiles` names. */
	readonly identitiesOnly: boolean;
	/** Socket of the agent; undefined: none. */
	readonly agent: string | undefined;
	/** ProxyJump, as written. */
	readonly proxyJump: string | undefined;
	readonly userKnownHosts: readonly string[];
	readonly globalKnownHosts: readonly string[];
	readonly hostKeyAlias: string | undefined;
	readonly hashKnownHosts: boolean;
};

/** Where tokens and variables of ssh_config get their values. */
export type Surroundings = {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Home folder to use for `~`. */
	readonly home: string;
	/** Home folder of the password database, which ssh(1) uses whatever HOME says. */
	readonly systemHome: string;
	readonly localUser: string;
};
