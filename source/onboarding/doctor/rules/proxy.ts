import type {FindingId} from '../../../diagnosis/catalogue.ts';
import {knownOf} from '../../../diagnosis/facts.ts';
import type {Finding} from '../../../diagnosis/finding.ts';
import {isClusterLocal, istiodName, shortAlias} from '../../../mesh/cluster-local.ts';
import {discoveryAddress, entryProxyConfig} from '../../../mesh/entry-proxy-config.ts';
import {splitHostPort} from '../../../mesh/ip.ts';
import type {Target} from '../../../mesh/target.ts';
import {type Container, dialledAddress, parseContainer} from '../../../proxy/container.ts';
import type {StepContext} from '../../step.ts';
import {nameConflict} from '../../steps/bootstrap/name-conflict.ts';
import {containerInspection, dockerAnswered, dockerFailed} from '../../steps/bootstrap/on-vm.ts';
import {type Verdict, verdict} from '../../steps/check/verdict.ts';
import {stateOf as stateOfUnit} from '../../steps/package/on-vm.ts';
import {findingAbout} from '../../steps/stopped-by.ts';
import {clusterFault, explainSeen, stateOf} from '../../steps/verify/explain-proxy.ts';
import type {ProxySeen} from '../facts.ts';
import {isRestless} from '../log-of-run.ts';
import type {DoctorRule} from './rule.ts';

const title = 'Container';

/** `proxy.*` of the container itself, and where it was told to find istiod. */
export const proxyRule: DoctorRule = (context, facts) => {
	const seen = knownOf(facts.proxy);
	if (seen?.unit !== undefined) return [service(context, seen.unit, seen)];
	if (seen?.inspection === undefined) return [];
	const command = containerInspection(context.target);
	if (!dockerAnswered(seen.inspection)) {
		const {detail, findings = []} = dockerFailed(context, command, seen.inspection, 'proxy.not-running');
		return [verdict('doctor.container', title, 'failed', detail, findings)];
	}
	const container = parseContainer(seen.inspection.stdout);
	const name = context.target.containerName.value;
	if (container === undefined) {
		const evidence = [{source: command, text: 'no such container'}];
		const summary = `There is no container ${name} on the VM.`;
		return [failed(findingAbout(context, 'proxy.not-running', evidence, summary))];
	}
	const conflict = nameConflict(context, container);
	if (conflict !== undefined) return [verdict('doctor.container', title, 'failed', conflict.detail, conflict.findings)];
	return [
		running(context, container, seen),
		...environment(context, container),
		...wayToIstiod(context, container, seen),
	];
};

function failed(found: Finding): Verdict {
	return verdict('doctor.container', title, 'failed', found.summary, [found]);
}

/** Words of a proxy that is stopped: they tell how far it was, not why it ends. */
const parting: ReadonlySet<string> = new Set<FindingId>(['xds.unknown', 'xds.warming']);

function running(context: StepContext, container: Container, {log, bundle}: ProxySeen): Verdict {
	const {status, image} = container;
	const now = bundle?.clock ?? 0;
	if (status === 'running' && !isRestless(container, now))
		return verdict('doctor.container', title, 'passed', `runs ${image}`);
	const seen = {
		lines: log,
		rootIsCurrent: bundle?.rootIsCurrent,
		payload: bundle?.payload ?? '',
		now,
		container,
	};
	const cause = explainSeen(context, seen, [container.error].filter(Boolean), 'proxy.not-running');
	const stands = {source: containerInspection(context.target), text: stateOf(container)};
	const found = parting.has(cause.id) ? findingAbout(context, 'proxy.not-running', [stands, ...cause.evidence]) : cause;
	return verdict('doctor.container', title, 'failed', `${found.summary} (${stateOf(container)})`, [found]);
}

/** The package's service. One that starts anew again and again waits ten seconds each time, and is `activating` then. */
function service(context: StepContext, unit: NonNullable<ProxySeen['unit']>, {log, bundle}: ProxySeen): Verdict {
	const judge = (outcome: 'passed' | 'failed', detail: string, findings: readonly Finding[] = []) =>
		verdict('doctor.service', 'Service istio', outcome, detail, findings);
	if (unit.active === 'active') return judge('passed', `${unit.active}, ${unit.enabled}`);
	const stands = {source: 'systemctl show istio', text: stateOfUnit(unit)};
	const seen = {
		lines: log,
		rootIsCurrent: bundle?.rootIsCurrent,
		payload: bundle?.payload ?? '',
		now: bundle?.clock ?? 0,
	};
	// Who stopped it by hand has left no cause in its log.
	const stopped = unit.active === '' || unit.active === 'inactive';
	const cause = stopped ? undefined : explainSeen(context, {...seen, container: undefined}, [], 'proxy.not-running');
	const found =
		cause ?? findingAbout(context, 'proxy.not-running', [stands], `The service istio does not run: ${stands.text}.`);
	return judge('failed', `${found.summary} (${stands.text})`, [found]);
}

function environment(context: StepContext, container: Container): readonly Verdict[] {
	const fault = clusterFault(context.target, container);
	if (fault === undefined) return [];
	const found = findingAbout(context, fault.id, fault.evidence);
	return [verdict('doctor.cluster-id', 'Cluster id', 'failed', found.summary, [found])];
}

/** `network.istiod-unresolved`, `network.istiod-wrong-address`: the name that the proxy dials, where the proxy runs. */
function wayToIstiod(context: StepContext, container: Container, {bundle}: ProxySeen): readonly Verdict[] {
	const {target} = context;
	const {gateway, entry} = target;
	const name = dialled(target);
	if (name === undefined || gateway?.isIp !== true) return [];
	const {host} = splitHostPort(dialledAddress(container));
	// Who dials another istiod, or an address, needs no way to this name: `xds.not-synced` tells it.
	if (host !== '' && (!isClusterLocal(host) || shortAlias(host, entry.namespace) !== name)) return [];
	const pinned = container.extraHosts.flatMap((line) => {
		const [host, ...address] = line.split(':');
		return host === name ? [address.join(':').replaceAll(/[[\]]/g, '')] : [];
	});
	const found = pinned.length > 0 ? pinned : (bundle?.istiodAddresses ?? []);
	const source = pinned.length > 0 ? `${containerInspection(target)}, ExtraHosts` : `getent hosts ${name}`;
	const tell = (id: 'network.istiod-unresolved' | 'network.istiod-wrong-address', text: string, summary: string) => {
		const cause = findingAbout(context, id, [{source, text}], summary);
		return [verdict('doctor.istiod-name', 'Name of istiod', 'failed', summary, [cause])];
	};
	if (found.length === 0) {
		if (bundle === undefined) return [];
		return tell('network.istiod-unresolved', 'no address', `${name} does not resolve where the proxy runs.`);
	}
	if (!found.includes(gateway.address)) {
		const addresses = found.join(', ');
		const summary = `${name} leads to ${addresses} where the proxy runs, and the gateway is ${gateway.address}.`;
		return tell('network.istiod-wrong-address', `${addresses}; ${gateway.origin}: ${gateway.address}`, summary);
	}
	return [verdict('doctor.istiod-name', 'Name of istiod', 'passed', `${name} leads to ${gateway.address}`)];
}

/** The short name by which the proxy dials istiod; undefined where it dials an address or a name outside of the cluster. */
function dialled({mesh, entry, gateway}: Target): string | undefined {
	if (mesh === undefined) return undefined;
	try {
		const {host} = splitHostPort(discoveryAddress(entryProxyConfig(entry, mesh, gateway)));
		return isClusterLocal(host) ? istiodName(mesh) : undefined;
	} catch {
		// The entry's own ProxyConfig cannot be read, which is a finding of the objects.
		return undefined;
	}
}
