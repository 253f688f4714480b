import type {Finding} from '../../../diagnosis/finding.ts';
import {type InterceptionFacts, parseInterception} from '../../../vm/interception/parse-interception.ts';
import type {PackageFacts} from '../../../vm/package-facts.ts';
import {parsePackageProbe} from '../../../vm/package-probe.ts';
import {parseProbe} from '../../../vm/parse-probe.ts';
import {probeCommand} from '../../../vm/probe.ts';
import {quote} from '../../../vm/quote.ts';
import {performAll} from '../../action.ts';
import type {Step} from '../../step.ts';
import {outcomeOf, type Verdict, verdict} from '../check/verdict.ts';
import {addressesRule} from '../check/vm/addresses.ts';
import {clockRule} from '../check/vm/clock.ts';
import type {Rule, Subject} from '../check/vm/subject.ts';
import {systemRule} from '../check/vm/system.ts';
import {interceptionVerdicts} from '../interception/judge.ts';
import {interceptionLook} from '../interception/look.ts';
import {findingAbout} from '../stopped-by.ts';
import {lookAsRoot, packageProbe} from './on-vm.ts';

const rules: readonly Rule[] = [addressesRule, systemRule, clockRule];

/** The VM as root finds it, in one round trip: what a container needs does not matter here. */
export const packageVmStep: Step = {
	id: 'check.vm',
	phase: 'check',
	title: 'Check the VM',
	plan: () => [],
	*run(context) {
		const {target, facts, options} = context;
		const asked = {configDir: '/etc/istio', runtime: 'docker', image: target.image.value} as const;
		const [general, special, redirected] = yield* performAll(
			lookAsRoot(`sh -c ${quote(probeCommand(asked))}`),
			packageProbe(target),
			interceptionLook(target),
		);
		const serverTime = facts.serverTime?.();
		const vm = parseProbe(general.stdout, asked);
		const found = parsePackageProbe(special.stdout);
		if (vm.kernel === '' || found === undefined) {
			return {status: 'failed', detail: 'The VM could not be read as root: its answer had no end. Try again.'};
		}
		const subject: Subject = {target, options, vm, serverTime};
		const intercepts = target.interceptionMode.value !== 'NONE';
		const verdicts = [
			// With interception the proxy binds no address of the VM: it may well have none that the mesh knows.
			...rules.filter((rule) => !intercepts || rule !== addressesRule).flatMap((rule) => rule(subject)),
			packageRule(subject, found),
			proxiesRule(subject, found),
			...interceptionRule(subject, found, parseInterception(redirected.stdout)),
		];
		const fine = `${vm.os.prettyName}, ${found.version === '' ? 'the package is to be installed' : `istio-sidecar ${found.version}`}`;
		return {...outcomeOf(verdicts, fine), facts: {vm, package: found}};
	},
};

function packageRule(subject: Subject, {version, manager, installing}: PackageFacts): Verdict {
	const {options, vm} = subject;
	const title = 'Package istio-sidecar';
	if (version !== '') return verdict('vm.package', title, 'passed', `${version}, installed`);
	const path = options.package;
	if (installing) return verdict('vm.package', title, 'passed', 'is being installed');
	const named = path === undefined ? '' : path.endsWith('.rpm') ? 'rpm' : 'deb';
	if (path !== undefined && named === manager)
		return verdict('vm.package', title, 'passed', `will be installed: ${path}`);
	const wanted = manager === 'rpm' ? '.rpm' : '.deb';
	const summary =
		path === undefined
			? 'The package istio-sidecar is not on the VM, and none was given to install.'
			: `${vm.os.prettyName || 'The VM'} does not take ${path}: it wants a ${wanted} package.`;
	const about = findingAbout(
		subject,
		'vm.runtime-missing',
		[{source: 'package manager', text: manager || 'unknown'}],
		summary,
	);
	const where = 'https://storage.googleapis.com/istio-release/releases/VERSION/';
	const file = manager === 'rpm' ? 'rpm/istio-sidecar.rpm' : 'deb/istio-sidecar.deb';
	const found: Finding = {
		...about,
		remedy: {text: `Get the package of the mesh's version, ${where}${file}, and give it with --package FILE.`},
	};
	return verdict('vm.package', title, 'failed', summary, [found]);
}

const proxyPorts = [15000, 15020, 15021, 15090, 15001, 15006];

/** A host holds one proxy: none but the package's own service may hold the ports. */
function proxiesRule(subject: Subject, {unit}: PackageFacts): Verdict {
	const {vm} = subject;
	const title = "Proxy's ports";
	if (vm.listeners === undefined)
		return verdict('vm.ports', title, 'not-done', 'the listening ports could not be listed');
	const taken = vm.listeners.filter(({port}) => proxyPorts.includes(port));
	if (taken.length === 0) return verdict('vm.ports', title, 'passed', 'are free');
	const isProxy = taken.every(({process}) => /^(envoy|pilot-agent)$/.test(process));
	if (isProxy && unit.active === 'active')
		return verdict('vm.ports', title, 'passed', 'held by the service istio itself');
	const list = taken.map(({port, process}) => `${port} (${process || 'unknown'})`).join(', ');
	const summary = isProxy
		? `Another proxy runs on the VM, which holds ${list}; a VM holds one.`
		: `Another program holds ports of the proxy: ${list}.`;
	const evidence = [{source: 'ss -ltnp', text: list}];
	const found = findingAbout(subject, isProxy ? 'proxy.already-running' : 'vm.ports-in-use', evidence, summary);
	return verdict('vm.ports', title, 'failed', summary, [found]);
}

/** `iptables.*` before the service sets its rules. */
function interceptionRule(
	subject: Subject,
	found: PackageFacts,
	seen: InterceptionFacts | undefined,
): readonly Verdict[] {
	const ports = [...found.sshPorts, subject.target.ssh.port.value ?? 22];
	const verdicts = seen === undefined ? [] : interceptionVerdicts(subject, seen, 'before', ports);
	const captured = verdicts.some(({findings}) => findings.some(({id}) => id === 'iptables.ssh-captured'));
	return captured ? verdicts : [...verdicts, sshRule(subject, found)];
}

/** sshd stays reachable: its ports are kept free of interception, which is told (docs/findings.md, iptables.ssh-captured). */
function sshRule({target}: Subject, {sshPorts}: PackageFacts): Verdict {
	const title = 'SSH beside interception';
	if (target.interceptionMode.value === 'NONE') return verdict('vm.ssh', title, 'passed', 'nothing is intercepted');
	const ports = sshPorts.length === 0 ? [target.ssh.port.value ?? 22] : sshPorts;
	return verdict('vm.ssh', title, 'passed', `port ${ports.join(' and ')} will not be intercepted`);
}
