/** A rule of iptables as far as Istio's chains need it. */
const inboundRule = /^-A ISTIO_INBOUND .*-j (\S+)/;
const toProxy = /^ISTIO_(IN_REDIRECT|REDIRECT|TPROXY|DIVERT)$/;

/**
 * Do the rules hand new connections to a port of the VM to the proxy? The first rule of the chain that decides counts (istio/istio,
 * tools/istio-iptables: what is left alone returns before the rest is redirected).
 */
export function capturesInbound(rules: readonly string[], port: number): boolean {
	if (!rules.some((rule) => /^-A PREROUTING .*-j ISTIO_INBOUND\b/.test(rule))) return false;
	for (const rule of rules) {
		const target = inboundRule.exec(rule)?.[1];
		if (target === undefined || !isAbout(rule, port)) continue;
		if (target === 'RETURN') return false;
		if (toProxy.test(target)) return true;
	}
	return false;
}

/** A rule that names no port is about every one; one of another kind (a state, an address, a user) decides nothing here. */
function isAbout(rule: string, port: number): boolean {
	if (/ -(s|d|i|o) |--ctstate|--state|-m (socket|owner|mark|conntrack)/.test(rule)) return false;
	const ports = /--dports? (\S+)/.exec(rule)?.[1];
	return ports === undefined || ports.split(',').some((one) => Number(one) === port);
}
