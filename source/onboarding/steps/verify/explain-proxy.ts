import {createHash} from 'node:crypto';
import {places} from '../../../bundle/package/placed.ts';
import type {FindingId} from '../../../diagnosis/catalogue.ts';
import type {Finding} from '../../../diagnosis/finding.ts';
import {type Claims, readPayload} from '../../../mesh/token.ts';
import {type Container, parseContainer, variable} from '../../../proxy/container.ts';
import {causeOfLog} from '../../../proxy/log-causes.ts';
import {parsePackageProbe} from '../../../vm/package-probe.ts';
import {type Procedure, performAll} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {clockCommand, containerInspection, look, parseSums, payloadCommand, sumsCommand} from '../bootstrap/on-vm.ts';
import {audience, subjectOf} from '../bootstrap/token-fault.ts';
import {trusts} from '../package/compare.ts';
import {packageProbe} from '../package/on-vm.ts';
import {findingAbout} from '../stopped-by.ts';
import {logCommand, logContext, logLines, readLog, troubleIn} from './proxy-log.ts';
import {lookForWarming} from './warming.ts';

type Otherwise = 'proxy.not-ready' | 'proxy.not-running' | 'xds.unknown';

/** Looks at what is on the VM, and says why the proxy does not come up. */
export function* explainProxy(context: StepContext, said: readonly string[], otherwise: Otherwise): Procedure<Finding> {
	const seen = yield* context.target.layout.value === 'package' ? lookAtPackage(context) : lookAtContainer(context);
	return yield* lookForWarming(context, explainSeen(context, seen, said, otherwise));
}

/**
 * Why the proxy does not come up: the root cause that its words name, made exact by what is on the VM; else `otherwise`, with the
 * words themselves. `said`: what its endpoints answered last.
 */
export function explainSeen(
	context: StepContext,
	{lines, rootIsCurrent, payload, now, container}: Seen,
	said: readonly string[],
	otherwise: Otherwise,
): Finding {
	const {target} = context;
	const cause = causeOfLog([...lines, ...said], logContext(context, rootIsCurrent));
	const endpoints = said.map((text) => ({source: 'the proxy’s endpoints', text}));
	if (cause === undefined) {
		const state = container === undefined ? [] : [{source: containerInspection(target), text: stateOf(container)}];
		const trouble = troubleIn(lines, 30);
		const last = trouble.length > 0 ? trouble : lines.slice(-10);
		return findingAbout(context, otherwise, [
			...state,
			...endpoints,
			{source: logCommand(context), text: last.join('\n')},
		]);
	}
	const exact = refine(context, cause.id, cause.lines, {container, claims: readPayload(payload), now});
	const evidence = [{source: logCommand(context), text: cause.lines.join('\n')}, ...exact.evidence, ...endpoints];
	return findingAbout(context, exact.id, evidence);
}

/** What is on the VM: the lines of the log, the token's claims part, the time. */
type Seen = {
	readonly lines: readonly string[];
	/** The root certificate there is one of the mesh's; undefined where that could not be compared. */
	readonly rootIsCurrent: boolean | undefined;
	readonly payload: string;
	readonly now: number;
	readonly container: Container | undefined;
};

function* lookAtContainer(context: StepContext): Procedure<Seen> {
	const {target} = context;
	const [log, sums, payload, clock, inspection] = yield* performAll(
		readLog(context),
		look(sumsCommand(target, ['istio-ca.pem'])),
		look(payloadCommand(target)),
		look(clockCommand),
		look(containerInspection(target)),
	);
	const root = target.mesh?.rootCertificate;
	const sum = parseSums(sums.stdout)['istio-ca.pem'];
	return {
		lines: logLines(log.stdout),
		rootIsCurrent:
			root === undefined || sum === undefined ? undefined : sum === createHash('sha256').update(root).digest('hex'),
		payload: payload.stdout,
		now: Number(clock.stdout.trim()),
		container: parseContainer(inspection.stdout),
	};
}

function* lookAtPackage(context: StepContext): Procedure<Seen> {
	const [log, probe] = yield* performAll(readLog(context), packageProbe(context.target));
	const found = parsePackageProbe(probe.stdout);
	return {
		lines: logLines(log.stdout),
		rootIsCurrent:
			found === undefined || found.roots.length === 0 ? undefined : trusts(context.target.mesh, found.roots),
		payload: found?.tokenPayload ?? '',
		now: found?.clock ?? 0,
		container: undefined,
	};
}

/** How a container stands, in a line. */
export function stateOf({status, exitCode, restarts, error}: Container): string {
	return [`${status}, exit code ${exitCode}, ${restarts} restarts`, error].filter(Boolean).join(': ');
}

type Known = {
	readonly container: Container | undefined;
	readonly claims: Claims | undefined;
	readonly now: number;
};
type Exact = {readonly id: FindingId; readonly evidence: ReadonlyArray<{source: string; text: string}>};

/** The proxy hears less than the truth: istiod tells only its own log why credentials are refused, the network never. */
function refine({target}: StepContext, id: FindingId, lines: readonly string[], known: Known): Exact {
	if (id === 'token.rejected') return credentials(target, known);
	if (id.startsWith('network.gateway-') && target.gateway?.isIp === true) {
		const dialled = lines.map((line) => /dial tcp \[?([0-9a-f.:]+?)\]?:\d+:/i.exec(line)?.[1]).find(Boolean);
		if (dialled !== undefined && dialled !== target.gateway.address) {
			const text = `the proxy dials ${dialled}, the gateway is ${target.gateway.address}`;
			return {id: 'network.istiod-wrong-address', evidence: [{source: target.gateway.origin, text}]};
		}
	}
	return {id, evidence: []};
}

/** istiod refuses the credentials: their fault, else only that it does. */
function credentials(target: StepContext['target'], known: Known): Exact {
	const fault = tokenFaultOf(target, known) ?? clusterFault(target, known.container);
	return fault ?? {id: 'token.rejected', evidence: shownClaims(target, known)};
}

/** What is wrong with the token itself; of several faults the first in the order of docs/findings.md. */
export function tokenFaultOf(target: StepContext['target'], known: Omit<Known, 'container'>): Exact | undefined {
	const {claims, now} = known;
	const evidence = shownClaims(target, known);
	if (claims === undefined) return {id: 'token.missing', evidence};
	// An account that was made again, or one of another cluster, has another identifier.
	const {accountUid} = target;
	if (accountUid !== undefined && claims.serviceAccountUid !== '' && claims.serviceAccountUid !== accountUid) {
		const text = `uid ${claims.serviceAccountUid}, the account has ${accountUid}`;
		const source = `serviceaccount/${target.entry.namespace}/${target.entry.serviceAccount}`;
		if (claims.subject === subjectOf(target.entry))
			return {id: 'token.foreign', evidence: [...evidence, {source, text}]};
	}
	if (!claims.audience.includes(audience)) return {id: 'token.audience', evidence};
	if (claims.expiresAt <= now) return {id: 'token.expired', evidence};
	return claims.subject === subjectOf(target.entry) ? undefined : {id: 'identity.mismatch', evidence};
}

function shownClaims({configDir, layout}: StepContext['target'], {claims, now}: Omit<Known, 'container'>) {
	const source = layout.value === 'package' ? places['istio-token'] : `${configDir.value}/istio-token`;
	if (claims === undefined) return [{source, text: 'no token, or none that can be read'}];
	const shown = {aud: claims.audience, sub: claims.subject, iss: claims.issuer, exp: claims.expiresAt, now};
	return [{source, text: JSON.stringify(shown)}];
}

/** The container claims another cluster than the mesh's, or its name in quotes, which an environment file keeps. */
export function clusterFault(
	{mesh, runtime}: StepContext['target'],
	container: Container | undefined,
): Exact | undefined {
	const cluster = container && variable(container, 'ISTIO_META_CLUSTER_ID');
	if (cluster === undefined || mesh === undefined || cluster === mesh.clusterId) return undefined;
	const text = `ISTIO_META_CLUSTER_ID=${cluster}, the mesh has ${mesh.clusterId}`;
	const id = /^'.*'$|^".*"$/.test(cluster) ? 'proxy.env-quoted' : 'identity.cluster-id';
	return {id, evidence: [{source: `${runtime.value} container inspect`, text}]};
}
