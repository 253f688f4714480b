import type {Finding} from '../../../../diagnosis/finding.ts';
import {entryProxyConfig, proxyMetadata} from '../../../../mesh/entry-proxy-config.ts';
import type {Target} from '../../../../mesh/target.ts';
import {isWildcard} from '../../../../vm/application.ts';
import type {ContainerFacts} from '../../../../vm/facts.ts';
import type {Listener} from '../../../../vm/parse/listeners.ts';
import {quote} from '../../../../vm/quote.ts';
import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import {isNobodysProxy, ownContainer, ownPorts, type Rule, type Subject} from './subject.ts';

/** `proxy.name-conflict`, `proxy.already-running`, `vm.ports-in-use`: a host network holds one proxy, and its ports must be free. */
export const proxiesRule: Rule = (subject) => {
	const {target, vm} = subject;
	const title = "Proxy's ports";
	if (isNobodysProxy(subject)) {
		return [verdict('vm.ports', title, 'not-done', 'held by a proxy, and the engine could not be asked whose it is')];
	}
	const ports = portsOf(target);
	const conflict = nameConflict(subject);
	const other = otherProxy(subject, conflict?.container);
	const findings = [...(conflict === undefined ? [] : [conflict.found]), ...other];
	const own = ownContainer(subject)?.state === 'running';
	if (vm.listeners === undefined) {
		return [
			findings.length > 0
				? verdict('vm.ports', title, 'failed', summaries(findings), findings)
				: verdict('vm.ports', title, 'not-done', 'the listening ports could not be listed (no ss, no /proc/net/tcp)'),
		];
	}
	const taken = vm.listeners.filter((listener) => clashes(listener, ports));
	// Ports that a proxy holds are that proxy's finding; what its own container holds is free for this entry.
	if (taken.length > 0 && !own && findings.length === 0) findings.push(portsInUse(subject, taken));
	if (findings.length > 0) return [verdict('vm.ports', title, 'failed', summaries(findings), findings)];
	const detail = own ? `held by this entry's own proxy, ${target.containerName.value}` : `${ports.join(', ')} are free`;
	return [verdict('vm.ports', title, 'passed', detail)];
};

/** Ports that the proxy listens on; 15001 and 15006 with interception, 15053 with DNS capture. */
function portsOf(target: Target): readonly number[] {
	const intercepts = target.interceptionMode.value !== 'NONE';
	return [...ownPorts, ...(intercepts ? [15001, 15006] : []), ...(capturesDns(target) ? [15053] : [])].sort(
		(a, b) => a - b,
	);
}

function capturesDns({entry, mesh, gateway}: Target): boolean {
	if (mesh === undefined) return false;
	try {
		return proxyMetadata(entryProxyConfig(entry, mesh, gateway))['ISTIO_META_DNS_CAPTURE'] === 'true';
	} catch {
		// An annotation that cannot be read is a finding of the objects.
		return false;
	}
}

// Envoy's admin interface and the DNS proxy take loopback alone: a listener on another address does not disturb them.
const loopbackPorts = [15000, 15053];

function clashes({address, port}: Listener, ports: readonly number[]): boolean {
	if (!ports.includes(port)) return false;
	return !loopbackPorts.includes(port) || isWildcard(address) || address.startsWith('127.');
}

function nameConflict(subject: Subject): {container: ContainerFacts; found: Finding} | undefined {
	const {target, vm} = subject;
	const container = vm.containers?.find(({name}) => name === target.containerName.value);
	if (container === undefined || container === ownContainer(subject)) return undefined;
	const summary =
		container.podName === ''
			? `The container ${container.name} is there, and is no proxy of an entry.`
			: `The container ${container.name} is the proxy of ${servedBy(container)}.`;
	return {container, found: findingAbout(subject, 'proxy.name-conflict', [evidenceOf(container)], summary)};
}

function otherProxy(subject: Subject, known: ContainerFacts | undefined): Finding[] {
	const {target, vm} = subject;
	const own = ownContainer(subject);
	const containers = (vm.containers ?? []).filter(
		(container) => container !== own && container !== known && isRunningProxy(container),
	);
	const inContainers = vm.containers?.some(isRunningProxy) === true;
	const processes = (vm.listeners ?? []).filter(
		({process, port}) => /^(envoy|pilot-agent)$/.test(process) && ownPorts.includes(port),
	);
	const [container] = containers;
	if (container === undefined && (processes.length === 0 || inContainers)) return [];
	const summary =
		container === undefined
			? 'A proxy that is no container runs on the VM (the package istio-sidecar, perhaps).'
			: `The proxy of ${servedBy(container)} runs on the VM, in the container ${container.name}; a VM holds one.`;
	const evidence = [
		...containers.map(evidenceOf),
		...processes.map(({address, port, process}) => ({source: 'ss -ltnp', text: `${address}:${port} ${process}`})),
	];
	const found = findingAbout(subject, 'proxy.already-running', evidence, summary);
	const command =
		container === undefined
			? 'sudo systemctl disable --now istio'
			: `${target.runtime.value} rm -f ${quote(container.name)}`;
	return [{...found, remedy: {text: 'Stop the other proxy, if it is not needed.', command}}];
}

export function isRunningProxy({state, image, podName, networkMode}: ContainerFacts): boolean {
	const proxy = podName !== '' || /(^|\/)proxyv2([:@]|$)/.test(image);
	return proxy && state === 'running' && (networkMode === 'host' || networkMode === '');
}

function servedBy({podName, podNamespace}: ContainerFacts): string {
	return podName === '' ? 'another mesh' : `${podName}.${podNamespace}`;
}

function evidenceOf({name, image, state, podName, podNamespace}: ContainerFacts) {
	const served = podName === '' ? 'without POD_NAME' : `POD_NAME=${podName} POD_NAMESPACE=${podNamespace}`;
	return {source: `docker inspect ${name}`, text: `${state}, ${image}, ${served}`};
}

function portsInUse(subject: Subject, taken: readonly Listener[]): Finding {
	const list = taken.map(({port, process}) => `${port}${process === '' ? '' : ` (${process})`}`).join(', ');
	const evidence = taken.map(({address, port, process}) => ({
		source: 'ss -ltnp',
		text: `${address}:${port} ${process === '' ? 'held by a process that this user may not see' : process}`,
	}));
	const summary = `Another program holds ${taken.length === 1 ? 'a port' : 'ports'} of the proxy: ${list}.`;
	return findingAbout(subject, 'vm.ports-in-use', evidence, summary);
}

function summaries(findings: readonly Finding[]): string {
	return findings.map(({summary}) => summary).join(' ');
}
