import {catalogue, type FindingId, isFindingId} from './catalogue.ts';
import type {Evidence, Finding} from './finding.ts';

/** A finding that follows from another; it is that one's evidence. */
export type Explained = {readonly finding: Finding; readonly by: Finding};

export type RootCauses = {readonly findings: readonly Finding[]; readonly explained: readonly Explained[]};

/** Where causes are looked for, in the order in which one explains the next (docs/findings.md). */
const areas = [
	...['cluster', 'gateway', 'entry', 'sidecar', 'service', 'ssh', 'vm', 'iptables', 'network', 'proxy'],
	...['token', 'identity', 'xds', 'listener', 'app', 'traffic', 'fleet'],
];

const rank = {error: 0, warning: 1, info: 2} as const;

/** What is reported only when no cause of its own explains what is seen (marked † in the catalogue's source). */
const lastResort: ReadonlySet<string> = new Set<FindingId>([
	'token.rejected',
	'proxy.not-ready',
	'proxy.not-running',
	'xds.unknown',
	'xds.rejected',
	'xds.warming',
	'identity.cert-expired',
	'listener.inbound-missing',
	'service.endpoint-missing',
	'traffic.unknown',
]);

/** These yield to the others of last resort too. */
const veryLast: ReadonlySet<string> = new Set<FindingId>(['proxy.not-ready', 'proxy.not-running', 'traffic.unknown']);

type Rule = {readonly cause: RegExp; readonly explains: RegExp; readonly except?: RegExp};

/** What a cause explains beyond its own area. The patterns are of ids; only an error explains anything. */
const rules: readonly Rule[] = [
	// Keeps the proxy from its stream to istiod: no configuration, so nothing behind it.
	{
		cause: /^(cluster|gateway|vm|network|proxy|token|identity)\./,
		except: /^(cluster\.forbidden|network\.(vm-unreachable|pods-unreachable|health-port-blocked))$/,
		explains: /^(proxy\.not-(ready|running)|xds\.|traffic\.)/,
	},
	{
		cause: /^entry\.(address-missing|service-account-missing|wrong-ip|not-found|not-registered)$/,
		explains: /^(proxy\.not-|xds\.|token\.rejected|traffic\.)/,
	},
	// Keeps a listener or an endpoint away.
	{
		cause: /^(sidecar|listener|service|app|entry)\.|^network\.(vm-unreachable|pods-unreachable)$/,
		explains: /^(traffic\.|xds\.rejected$)/,
	},
	{cause: /^app\.not-listening$/, explains: /^app\.unhealthy$/},
	// istiod offers nobody what does not pass its probe.
	{cause: /^app\.(unhealthy|not-listening)$/, explains: /^service\.endpoint-missing$/},
	// A program on every address takes that of the outbound listener too.
	{cause: /^listener\.port-taken$/, explains: /^listener\.egress-conflict$/},
	{cause: /^(sidecar|entry|vm)\./, explains: /^listener\.(inbound-missing|egress-conflict)$/},
	{cause: /^service\.(none-selects|target-port)$/, explains: /^service\.endpoint-missing$/},
	// The gateway before the way to it; where the proxy dials the wrong place, what it meets there is no matter.
	{cause: /^gateway\./, explains: /^network\.gateway-/},
	{cause: /^network\.istiod-/, explains: /^(network\.(gateway-|tls-)|identity\.root-mismatch|xds\.name-mismatch)/},
	{cause: /^network\.(mtu|gateway-blocked|gateway-refused|tls-intercepted)$/, explains: /^identity\.cert-expired$/},
	// Without account no token, and without a right clock none that is in force.
	{cause: /^token\.service-account-not-found$|^entry\.service-account-missing$/, explains: /^(token|identity)\./},
	{cause: /^vm\.clock-skew$/, explains: /^(token\.(expired|short-lived|rejected)|identity\.cert-expired)$/},
	{cause: /^token\./, explains: /^identity\.cert-expired$/},
	// The token's directory is gone, and the root certificate with it.
	{cause: /^token\.missing$/, explains: /^proxy\.root-cert-missing$/},
	{cause: /^proxy\.env-quoted$/, explains: /^identity\.cluster-id$/},
	{cause: /^entry\.addresses-swapped$/, explains: /^entry\.instance-ip-not-local$/},
	// An engine that cannot be asked tells nothing of its containers.
	{cause: /^vm\.(docker-|runtime-missing|os-unsupported)/, explains: /^proxy\./},
	{cause: /^proxy\.(already-running|name-conflict)$/, explains: /^(vm\.ports-in-use|listener\.port-taken)$/},
	// Rules that stand in the way of all that begins or ends on the VM, and rules that are not there.
	{
		cause: /^iptables\.(leftover-rules|unavailable|ssh-captured)$/,
		explains:
			/^(network\.(gateway-|istiod-|vm-unreachable|pods-unreachable|health-)|proxy\.not-|xds\.|listener\.inbound-missing|traffic\.)/,
	},
	{cause: /^iptables\.(unavailable|leftover-rules)$/, explains: /^iptables\.(not-applied|dns-capture)$/},
	{cause: /^iptables\./, explains: /^traffic\./},
	{cause: /^iptables\.dns-capture$/, explains: /^network\.istiod-unresolved$/},
];

/**
 * One root cause, one finding: what follows from another is that one's evidence, the same cause of the same target is one with the
 * evidence of all, and what is left comes by severity, then in the order in which causes explain each other. Pure.
 */
export function rootCauses(all: readonly Finding[]): RootCauses {
	const found = joined(all);
	const errors = found.filter(({severity}) => severity === 'error').toSorted(byRank);
	const nearest = new Map(
		found.flatMap((finding) => {
			const by = errors.find((cause) => explains(cause, finding));
			return by === undefined ? [] : [[finding, by] as const];
		}),
	);
	const explained = [...nearest].map(([finding, by]): Explained => ({finding, by: rootOf(by, nearest)}));
	const findings = found.filter((one) => !nearest.has(one)).toSorted(byRank);
	return {findings: findings.map((one) => withConsequences(one, explained)), explained};
}

/** The cause of a cause, to its beginning; one that explains in a circle ends where it is met again. */
function rootOf(cause: Finding, nearest: ReadonlyMap<Finding, Finding>): Finding {
	let root = cause;
	for (const seen = new Set<Finding>(); !seen.has(root); root = nearest.get(root) ?? root) seen.add(root);
	return root;
}

function withConsequences(cause: Finding, explained: readonly Explained[]): Finding {
	const consequences = explained.filter(({by}) => by === cause);
	const evidence = consequences.map(({finding: {id, summary}}) => ({source: `so also ${id}`, text: summary}));
	return evidence.length === 0 ? cause : {...cause, evidence: [...cause.evidence, ...evidence]};
}

function explains(cause: Finding, other: Finding): boolean {
	if (cause === other || cause.id === other.id) return false;
	// Of two that could explain each other the one of first resort does; a last resort explains only the very last.
	if (lastResort.has(cause.id)) return veryLast.has(other.id) && !veryLast.has(cause.id);
	return rules.some(
		({cause: pattern, except, explains: consequence}) =>
			pattern.test(cause.id) && except?.test(cause.id) !== true && consequence.test(other.id),
	);
}

/** A target may have these at one port and at another: they are told apart by their remedies. */
const atPorts: ReadonlySet<string> = new Set<FindingId>(['app.not-listening', 'listener.port-taken']);

/** The same cause of the same target once, as whoever knows most of it tells it: in words of the case, not of the catalogue. */
function joined(all: readonly Finding[]): readonly Finding[] {
	const known = new Map<string, Finding>();
	for (const found of all) {
		const perPort = atPorts.has(found.id) || !isOfMachine.test(found.target);
		const key = `${found.id} ${found.target} ${perPort ? (found.remedy.command ?? '') : ''}`;
		const before = known.get(key);
		if (before === undefined) {
			known.set(key, found);
			continue;
		}
		const told = isGeneral(before) && !isGeneral(found) ? found : before;
		known.set(key, {...told, evidence: together(before.evidence, found.evidence)});
	}
	return [...known.values()];
}

const isOfMachine = /^vm\//;

function isGeneral({id, summary}: Finding): boolean {
	return isFindingId(id) && catalogue[id].summary === summary;
}

function together(before: readonly Evidence[], more: readonly Evidence[]): readonly Evidence[] {
	const known = new Set(before.map(({source, text}) => `${source} ${text}`));
	return [...before, ...more.filter(({source, text}) => !known.has(`${source} ${text}`))];
}

function byRank(a: Finding, b: Finding): number {
	return rank[a.severity] - rank[b.severity] || areaOf(a) - areaOf(b);
}

function areaOf({id}: Finding): number {
	return areas.indexOf(id.split('.')[0] ?? '');
}
