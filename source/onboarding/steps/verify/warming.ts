import type {FindingId} from '../../../diagnosis/catalogue.ts';
import type {Finding} from '../../../diagnosis/finding.ts';
import {parseWarming} from '../../../proxy/warming.ts';
import {type HttpAnswer, type Procedure, performAll} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {findingAbout} from '../stopped-by.ts';
import {logCommand} from './proxy-log.ts';

/** Names, and nothing else: what Envoy holds of clusters may be long, and secrets are. */
const dumpOf = (resource: string, mask: string) =>
	({kind: 'http', port: 15000, path: `/config_dump?resource=${resource}&mask=${mask}`}) as const;

/** The clusters that Envoy was told of and does not use yet. */
export const warmingClusters = dumpOf('dynamic_warming_clusters', 'cluster.name');
/** The secrets that have not come. */
export const warmingSecrets = dumpOf('dynamic_warming_secrets', 'name');

/** What these two answered. */
export type WarmingSeen = {readonly clusters: HttpAnswer; readonly secrets: HttpAnswer};

/** What says only that it does not go on: what is waited for says why. */
const vague: ReadonlySet<string> = new Set<FindingId>(['proxy.not-ready', 'xds.warming', 'xds.not-synced']);

/** The proxy's own, from its agent: while something else holds all up, these wait too. */
const own: ReadonlySet<string> = new Set(['default', 'ROOTCA']);

const most = 5;

/** `xds.warming` in the place of a finding that only says that the proxy does not go on, where Envoy names what it waits for. */
export function orWarming(context: StepContext, found: Finding, seen: WarmingSeen | undefined): Finding {
	if (!vague.has(found.id) || seen === undefined) return found;
	const {clusters, secrets} = parseWarming(bodyOf(seen.clusters), bodyOf(seen.secrets));
	// Without a stream to istiod nothing came, and nothing waits.
	if (clusters.length === 0) return found;
	const others = secrets.filter((name) => !own.has(name));
	const [kind, awaited] =
		secrets.length === 0 ? ['cluster', clusters] : ['secret', others.length > 0 ? others : secrets];
	const shown = awaited.slice(0, most).join(', ');
	const evidence = [
		{source: '127.0.0.1:15000/config_dump, dynamic_warming_secrets', text: secrets.join(', ') || 'none'},
		{source: '127.0.0.1:15000/config_dump, dynamic_warming_clusters', text: clusters.join(', ')},
	];
	// The last lines of a log that names no cause say nothing of this one.
	const said = found.evidence.filter(({source}) => found.id !== 'proxy.not-ready' || source !== logCommand(context));
	return findingAbout(
		context,
		'xds.warming',
		[...evidence, ...said],
		`Configuration came, and Envoy waits for a ${kind} that does not: ${shown}.`,
	);
}

/** The same where nobody has asked for it yet. */
export function* lookForWarming(context: StepContext, found: Finding): Procedure<Finding> {
	if (!vague.has(found.id)) return found;
	const [clusters, secrets] = yield* performAll(warmingClusters, warmingSecrets);
	return orWarming(context, found, {clusters, secrets});
}

function bodyOf(answer: HttpAnswer): string {
	return answer.ok && answer.status === 200 ? answer.body : '';
}
