import {commandLine, quote} from './quote.ts';

export type LevelGuard = {
	/** A request of Envoy's admin port by its container's agent, or by the package's. */
	readonly ask: readonly string[];
	/** What raises the levels, and what brings them back, in order: paths of the admin port. */
	readonly raise: string;
	readonly putBack: readonly string[];
	/** After so long they are put back, whatever happens. */
	readonly seconds: number;
};

/** The words that ask Envoy's admin port from within: the agent is in every image, which curl is not. */
export function agentRequest(
	container: {readonly runtime: string; readonly name: string} | undefined,
): readonly string[] {
	const request = ['pilot-agent', 'request', 'POST'];
	return container === undefined ? request : [container.runtime, 'exec', container.name, ...request];
}

/**
 * Raises the log levels of a proxy and stays to put them back: when its standard input ends, which is when meshboard ends it or is gone,
 * however it went; after its time, should the connection die in silence; or when it is told to end. So it needs nobody who
 * remembers. Prints `raised`, then `put back`; ends with 1 where they could not be raised. Its own words go nowhere once nobody hears them.
 */
export function levelGuardCommand({ask, raise, putBack, seconds}: LevelGuard): string {
	return [
		`ask() { ${commandLine(ask)} "$1" </dev/null; }`,
		"trap '' HUP PIPE",
		'exec 3<&0',
		`sleep ${seconds} </dev/null >/dev/null 2>&1 3<&- & timer=$!`,
		`trap 'kill "$timer" 2>/dev/null' TERM INT`,
		`ask ${quote(raise)} >/dev/null || { kill "$timer"; exit 1; }`,
		'echo raised',
		'{ cat <&3; kill "$timer"; } >/dev/null 2>&1 & ear=$!',
		'exec 3<&-',
		'wait "$timer"',
		`for path in ${putBack.map(quote).join(' ')}; do`,
		'for try in 1 2 3; do ask "$path" >/dev/null 2>&1 && break; sleep 1; done',
		'done',
		'kill "$ear" 2>/dev/null',
		"echo 'put back' 2>/dev/null",
		'true',
	].join('\n');
}
