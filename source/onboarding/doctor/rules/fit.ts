import {isDeepStrictEqual} from 'node:util';
import {bundleFiles} from '../../../bundle/files.ts';
import {knownOf} from '../../../diagnosis/facts.ts';
import {UserError} from '../../../errors.ts';
import {fitsIstiod, tagOf, versionOf} from '../../../mesh/istio-version.ts';
import type {Target} from '../../../mesh/target.ts';
import {type Container, parseContainer, variable} from '../../../proxy/container.ts';
import {readJson} from '../../../proxy/json.ts';
import {parseServerInfo} from '../../../proxy/server-info.ts';
import type {StepContext} from '../../step.ts';
import {type Verdict, verdict} from '../../steps/check/verdict.ts';
import {findingAbout} from '../../steps/stopped-by.ts';
import {readListing} from '../../steps/verify/istiod.ts';
import type {DoctorFacts} from '../facts.ts';
import type {DoctorRule} from './rule.ts';

/** `proxy.env-drift`, `proxy.version-skew`: does the proxy that runs still fit its entry and its istiod? */
export const fitRule: DoctorRule = (context, facts) => {
	const inspection = knownOf(facts.proxy)?.inspection;
	const container = inspection && parseContainer(inspection.stdout);
	return [
		...(container === undefined ? [] : driftVerdicts(context, container)),
		...skewVerdicts(context, container, facts),
	];
};

/** What policies, Sidecars and istiod know a proxy by. Other differences have ids of their own, or change nothing for the mesh. */
const telling = [
	...['POD_NAMESPACE', 'SERVICE_ACCOUNT', 'INSTANCE_IP', 'IDENTITY_IP', 'CA_ADDR', 'ISTIO_META_NETWORK'],
	...['ISTIO_META_INTERCEPTION_MODE', 'ISTIO_METAJSON_LABELS', 'ISTIO_META_WORKLOAD_NAME', 'ISTIO_META_MESH_ID'],
];

function driftVerdicts(context: StepContext, container: Container): readonly Verdict[] {
	const wanted = wantedVariables(context.target);
	const title = 'Environment of the proxy';
	const other = telling.flatMap((name) => {
		const [should, is] = [wanted.get(name), variable(container, name)];
		// An older bootstrap, or another tool, may have written less; quotes are `proxy.env-quoted`.
		if (should === undefined || is === undefined || /^(['"]).*\1$/.test(is) || isSame(should, is)) return [];
		return [`${name}=${is}, would be ${should === '' ? 'empty' : should}`];
	});
	if (wanted.size === 0) return [];
	if (other.length === 0) return [verdict('doctor.environment', title, 'passed', 'as the entry has it')];
	const source = `${context.target.runtime.value} container inspect`;
	const found = findingAbout(context, 'proxy.env-drift', [{source, text: other.join('\n')}]);
	return [verdict('doctor.environment', title, 'warning', found.summary, [found])];
}

/** What bootstrap would write now; empty where that is not known. */
function wantedVariables(target: Target): ReadonlyMap<string, string> {
	try {
		const file = bundleFiles(target).find(({name}) => name === 'sidecar.env');
		const text = typeof file?.content === 'string' ? file.content : '';
		return new Map(text.split('\n').flatMap((line) => variableOf(line)));
	} catch (error) {
		// A value that no environment file can carry is a finding of the objects.
		if (error instanceof UserError) return new Map();
		throw error;
	}
}

function variableOf(line: string): ReadonlyArray<readonly [string, string]> {
	const at = line.indexOf('=');
	return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
}

/** Labels are a set, in whatever order they were written. */
function isSame(one: string, other: string): boolean {
	return one === other || (one.startsWith('{') && isDeepStrictEqual(readJson(one), readJson(other)));
}

function skewVerdicts(context: StepContext, container: Container | undefined, facts: DoctorFacts): readonly Verdict[] {
	const seen = knownOf(facts.istiod);
	const envoy = knownOf(facts.envoy);
	if (seen === undefined || envoy === undefined || !seen.syncz.done || !seen.version.done) return [];
	const {listed} = readListing(seen.syncz.pods, context.target.ref);
	const answers = seen.version.pods.filter(({status}) => status === 200);
	const istiod = versionOf((answers.find(({pod}) => pod === listed?.pod) ?? answers[0])?.body);
	const said = envoy.info.ok ? parseServerInfo(envoy.info.body)?.istioVersion : undefined;
	const proxy = versionOf(said) ?? versionOf(listed?.proxy.istioVersion) ?? versionOf(tagOf(container?.image ?? ''));
	// What either does not say is not compared: what it may be is no finding.
	if (istiod === undefined || proxy === undefined) return [];
	const title = 'Version of the proxy';
	const detail = `proxy ${proxy.text}, istiod ${istiod.text}`;
	if (fitsIstiod(proxy, istiod)) return [verdict('doctor.version', title, 'passed', detail)];
	const found = findingAbout(context, 'proxy.version-skew', [
		{source: '/server_info and istiod /version', text: detail},
	]);
	return [verdict('doctor.version', title, 'warning', `${found.summary} ${detail}`, [found])];
}
