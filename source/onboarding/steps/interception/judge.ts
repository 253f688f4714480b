import {workloadOf} from '../../../bundle/package/workload.ts';
import type {FindingId} from '../../../diagnosis/catalogue.ts';
import type {Evidence, Finding} from '../../../diagnosis/finding.ts';
import {capturesInbound} from '../../../vm/interception/captures.ts';
import type {InterceptionFacts, Lookup} from '../../../vm/interception/parse-interception.ts';
import type {StepContext} from '../../step.ts';
import {type Verdict, verdict} from '../check/verdict.ts';
import {findingAbout} from '../stopped-by.ts';
import {isIntercepted} from './look.ts';

type Subject = Pick<StepContext, 'target' | 'options'>;

/** `before`: of a VM that is to get its proxy, which sets the rules anew; `running`: of one that has it. */
type When = 'before' | 'running';

/** Port on which Envoy takes what leaves the VM, and the agent takes DNS (istio/istio, pkg/config/constants). */
const outboundPort = 15_001;

/** `iptables.*`: what redirects traffic on the VM, against what the entry asks for. `more`: ports of sshd that are known from elsewhere. */
export function interceptionVerdicts(
	subject: Subject,
	facts: InterceptionFacts,
	when: When,
	more: readonly number[] = [],
): readonly Verdict[] {
	const wanted = isIntercepted(subject.target);
	const title = wanted ? 'Rules of interception' : 'Rules of a former proxy';
	if (facts.rules === undefined) {
		const why = facts.refusal === '' ? 'nobody was allowed to read them' : facts.refusal;
		return [verdict(id, title, 'not-done', `could not be read: ${why}`)];
	}
	const sshPorts = [...new Set([...facts.sshPorts, ...more])];
	const findings = [
		...unavailable(subject, facts, wanted),
		...leftover(subject, facts, facts.rules, wanted, when),
		...(wanted && when === 'running' ? notApplied(subject, facts, facts.rules) : []),
		...(wanted ? bypassed(subject, facts) : []),
		...(wanted ? sshCaptured(subject, facts.rules, sshPorts, when) : []),
		...(wanted && when === 'running' ? dnsCaptured(subject, facts, facts.rules) : []),
	];
	if (findings.length === 0) {
		const fine = !wanted ? 'there are none' : when === 'before' ? 'can be set' : 'redirect to the proxy';
		return [verdict(id, title, 'passed', fine)];
	}
	const failed = findings.some(({severity}) => severity === 'error');
	return [verdict(id, title, failed ? 'failed' : 'warning', findings.map(({summary}) => summary).join(' '), findings)];
}

const id = 'vm.interception';

function found(
	subject: Subject,
	cause: FindingId,
	evidence: readonly Evidence[],
	summary?: string,
	values: Readonly<Record<string, string>> = {},
): readonly Finding[] {
	return [findingAbout(subject, cause, evidence, summary, values)];
}

const saved = 'iptables-save on the VM';

function unavailable(subject: Subject, {trouble, version}: InterceptionFacts, wanted: boolean): readonly Finding[] {
	if (!wanted || !cannotBeSet.test(trouble)) return [];
	const shown = version === '' ? trouble : `${trouble}\n${version}`;
	return found(subject, 'iptables.unavailable', [{source: 'iptables -t nat -S OUTPUT', text: shown}]);
}

/** As iptables of both kinds says it where the kernel has no table `nat` for it. */
const cannotBeSet =
	/can't initialize iptables table|do you need to insmod|Could not fetch rule set|Failed to initialize nft/;

/** From where the kernel begins into the chains of Istio. */
const isJump = /^-A (OUTPUT|PREROUTING) .*-j ISTIO_/;

function leftover(
	subject: Subject,
	{active, listening}: InterceptionFacts,
	rules: readonly string[],
	wanted: boolean,
	when: When,
): readonly Finding[] {
	if (rules.length === 0) return [];
	const isUp = ['active', 'activating', 'reloading'].includes(active);
	const evidence = (lines: readonly string[]) => [{source: saved, text: lines.slice(0, 10).join('\n')}];
	const jumps = rules.filter((rule) => isJump.test(rule));
	if (!wanted) {
		// They are the present proxy's, which takes them along when it is stopped for its new settings.
		if (when === 'before' && isUp) return [];
		const summary = 'Rules of a former proxy redirect traffic on the VM, though nothing is to be intercepted there.';
		return found(subject, 'iptables.leftover-rules', evidence(jumps.length > 0 ? jumps : rules), summary);
	}
	const twice = jumps.filter((jump, index) => jumps.indexOf(jump) < index);
	if (twice.length > 0) {
		const summary = 'Rules of a former proxy are there beside those of the present one: the same jump twice.';
		return found(subject, 'iptables.leftover-rules', evidence(twice), summary);
	}
	if (isUp || active === '' || listening === undefined || listening.includes(outboundPort)) return [];
	const summary = `Rules of a former proxy redirect traffic to port ${outboundPort} of the VM, where nothing listens.`;
	return found(
		subject,
		'iptables.leftover-rules',
		[...evidence(jumps), {source: 'systemctl is-active istio', text: active}],
		summary,
	);
}

function notApplied(
	subject: Subject,
	{active, settings}: InterceptionFacts,
	rules: readonly string[],
): readonly Finding[] {
	// What does not run has none: why it does not is told by itself.
	if (subject.target.layout.value === 'package' && active !== 'active') return [];
	const native = rules.some((rule) => rule.startsWith('table '));
	const outbound = rules.some((rule) => /^-A OUTPUT .*-j ISTIO_OUTPUT\b/.test(rule));
	const inbound = rules.some((rule) => /^-A PREROUTING .*-j ISTIO_INBOUND\b/.test(rule));
	if (native || (outbound && inbound)) return [];
	const missing = !outbound && !inbound ? 'Nothing' : outbound ? 'No inbound traffic' : 'No outbound traffic';
	const absent = [...(inbound ? [] : ['PREROUTING to ISTIO_INBOUND']), ...(outbound ? [] : ['OUTPUT to ISTIO_OUTPUT'])];
	const jumps = rules.filter((rule) => isJump.test(rule));
	const said = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
	return found(
		subject,
		'iptables.not-applied',
		[
			{
				source: saved,
				text:
					rules.length === 0
						? 'no chain of Istio'
						: [`no jump from ${absent.join(' and ')}`, ...jumps.slice(0, 10)].join('\n'),
			},
			...(said.length === 0 ? [] : [{source: 'cluster.env', text: said.join('\n')}]),
		],
		`${missing} is redirected to the proxy, though the entry asks for interception ${subject.target.interceptionMode.value}.`,
	);
}

function bypassed(subject: Subject, {bridge, containers, settings}: InterceptionFacts): readonly Finding[] {
	if (!bridge || containers.length === 0 || (settings['KUBE_VIRT_INTERFACES'] ?? '') !== '') return [];
	return found(subject, 'iptables.docker-bypass', [
		{source: 'docker ps', text: containers.join('\n')},
		{source: 'cluster.env', text: 'KUBE_VIRT_INTERFACES is not set, and docker0 is there'},
	]);
}

/** The ports of the workload are redirected whatever is left alone: that counts where every port is (istio/istio, tools/istio-iptables). */
function sshCaptured(
	{target, options}: Subject,
	rules: readonly string[],
	sshPorts: readonly number[],
	when: When,
): readonly Finding[] {
	const inbound = Object.values(workloadOf(target).ports);
	const taken = sshPorts.filter((port) => (when === 'before' ? inbound.includes(port) : capturesInbound(rules, port)));
	if (taken.length === 0) return [];
	const source = when === 'before' ? `ports of workloadentry/${target.entry.namespace}/${target.entry.name}` : saved;
	const text =
		when === 'before'
			? inbound.join(', ')
			: rules
					.filter((rule) => rule.startsWith('-A') && rule.includes('ISTIO_INBOUND'))
					.slice(0, 10)
					.join('\n');
	const summary = `Interception takes port ${taken.join(' and ')}, on which sshd listens: who logs in there goes through the proxy, and cannot where it is down or wants mutual TLS.`;
	return found({target, options}, 'iptables.ssh-captured', [{source, text}], summary);
}

function dnsCaptured(subject: Subject, facts: InterceptionFacts, rules: readonly string[]): readonly Finding[] {
	const {lookup} = facts;
	if (lookup === undefined || lookup.captured !== '') return [];
	const {name, past} = lookup;
	if (past === '') return dnsLoop(subject, facts, lookup, rules);
	return found(
		subject,
		'iptables.dns-capture',
		[
			{source: `getent ahosts ${name}, as the proxy's account`, text: past},
			{source: `getent ahosts ${name}`, text: 'no address'},
		],
		`Names do not resolve on the VM where its DNS goes through the proxy: ${name} has an address only past it.`,
		{name},
	);
}

/**
 * A resolver on the VM itself asks others, by an account of its own: where all of DNS is captured, that goes to the proxy, which asks the
 * resolver again (istio/istio, tools/istio-iptables, SetupDNSRedir). Then nobody gets an address.
 */
function dnsLoop(
	subject: Subject,
	{nameservers}: InterceptionFacts,
	{name}: Lookup,
	rules: readonly string[],
): readonly Finding[] {
	const own = nameservers.find((address) => address.startsWith('127.'));
	const redirect = rules.find(
		(rule) => /-p udp .*--dport 53 .*-j REDIRECT --to-ports 15053$/.test(rule) && !/ -d /.test(rule),
	);
	if (own === undefined || redirect === undefined) return [];
	return found(
		subject,
		'iptables.dns-capture',
		[
			{source: `getent ahosts ${name}`, text: 'no address'},
			{source: '/etc/resolv.conf', text: `nameserver ${own}`},
			{source: saved, text: redirect},
		],
		`Names do not resolve on the VM: all of its DNS goes through the proxy, what its own resolver ${own} asks too, which the proxy asks in turn.`,
		{name},
	);
}
