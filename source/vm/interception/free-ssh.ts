import {quote} from '../quote.ts';

/**
 * The `sh -c …` (for sudo) that lets sshd's ports out of the redirect, in the rules as they are: new connections then go past the proxy.
 * `more`: ports of sshd that are known from elsewhere. The next start of the service sets its own rules in their place.
 */
export function freeSsh(more: readonly number[]): string {
	const script = [
		`ports="${more.join(' ')} $(sshd -T 2>/dev/null | sed -n 's/^port //p')"`,
		'for tool in iptables-nft iptables-legacy iptables; do',
		'case $tool in *legacy) grep -q . /proc/net/ip_tables_names 2>/dev/null || continue ;; esac',
		'for table in nat mangle; do $tool -w 5 -t $table -n -L ISTIO_INBOUND >/dev/null 2>&1 || continue',
		'for port in $ports; do $tool -w 5 -t $table -I ISTIO_INBOUND 1 -p tcp --dport "$port" -j RETURN || exit; done',
		'done; done',
	].join('\n');
	return `sh -c ${quote(script)}`;
}
