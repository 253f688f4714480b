/** How far a proxy is, by the words of its health endpoint. */
export type Readiness = {
	/**
	 * `no-config`: nothing came from istiod; `partial`: clusters or listeners still lack; `rejected`: Envoy refused something;
	 * `warming`: configuration came and waits for a secret or cluster; `stopping`; `unknown`: other words.
	 */
	readonly state: 'ready' | 'no-config' | 'partial' | 'rejected' | 'warming' | 'stopping' | 'unknown';
	/** The words, without what every one of them begins with. */
	readonly text: string;
};

/** In order: the first that fits. Texts of istio/istio, pilot/cmd/pilot-agent/status/ready/probe.go. */
const texts: ReadonlyArray<readonly [RegExp, Readiness['state']]> = [
	[/config not received from XDS server/, 'no-config'],
	[/but was rejected/, 'rejected'],
	[/config not fully received/, 'partial'],
	[/workers have not yet started|current state is: (PRE_)?INITIALIZING/, 'warming'],
	[/current state is: DRAINING|server is terminated/, 'stopping'],
];

/** Reads the answer of `/healthz/ready` (15021); a 200 is ready whatever it says. */
export function parseReadiness(status: number, body: string): Readiness {
	const text = body.trim().replace(/^Envoy proxy is NOT ready: /, '');
	if (status === 200) return {state: 'ready', text: text || 'ready'};
	return {
		state: texts.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown',
		text: text || `health endpoint answers ${status}`,
	};
}
