import {knownOf} from '../../../diagnosis/facts.ts';
import {joinHostPort, splitHostPort} from '../../../mesh/ip.ts';
import {canonicalIp} from '../../../vm/canonical-ip.ts';
import type {VmFacts} from '../../../vm/facts.ts';
import type {StepContext} from '../../step.ts';
import {type Verdict, verdict} from '../../steps/check/verdict.ts';
import {addressesRule} from '../../steps/check/vm/addresses.ts';
import {clockRule} from '../../steps/check/vm/clock.ts';
import {diskRule} from '../../steps/check/vm/disk.ts';
import {engineRule} from '../../steps/check/vm/engine.ts';
import {inboundRule} from '../../steps/check/vm/inbound.ts';
import {isWildcard, proxiesRule} from '../../steps/check/vm/proxies.ts';
import {rebootRule} from '../../steps/check/vm/reboot.ts';
import type {Rule} from '../../steps/check/vm/subject.ts';
import {systemRule} from '../../steps/check/vm/system.ts';
import {findingAbout} from '../../steps/stopped-by.ts';
import type {DoctorRule} from './rule.ts';

/** Whether the directory can be written is a matter of the next bootstrap, not of a proxy that has its files. */
const always: readonly Rule[] = [addressesRule, systemRule, clockRule, inboundRule];
const ofContainers: readonly Rule[] = [engineRule, diskRule, rebootRule, proxiesRule];

/** The VM as its probe found it, by the rules of the checks. */
export const vmRule: DoctorRule = (context, facts) => {
	const seen = knownOf(facts.vm);
	if (seen === undefined) return [];
	const {target, options} = context;
	const subject = {target, options, vm: seen.vm, serverTime: seen.serverTime};
	const rules = target.layout.value === 'package' ? always : [...always, ...ofContainers];
	return [...rules.flatMap((rule) => rule(subject)), ...applicationVerdicts(context, seen.vm)];
};

/** `app.not-listening`: does anything take requests where the proxy hands them on? */
function applicationVerdicts(context: StepContext, {listeners}: VmFacts): readonly Verdict[] {
	if (listeners === undefined) return [];
	return context.target.ingress.flatMap(({port, defaultEndpoint}) => {
		const {host, port: wanted} = splitHostPort(defaultEndpoint);
		// Without an endpoint, or at a socket's path, there is nothing to compare.
		if (wanted === undefined || defaultEndpoint.startsWith('unix:')) return [];
		const address = canonicalIp(host);
		const there = listeners.some((one) => one.port === wanted && (isWildcard(one.address) || one.address === address));
		const id = `app.port-${port}`;
		const title = `Application behind port ${port}`;
		if (there) return [verdict(id, title, 'passed', `listens on ${defaultEndpoint}`)];
		const summary = `Nothing listens at ${defaultEndpoint} on the VM, where the proxy hands requests on.`;
		const listed = listeners.map((one) => `${joinHostPort(one.address, one.port)} ${one.process}`.trim());
		const evidence = [{source: 'ss -ltn', text: listed.slice(0, 20).join('\n') || 'nothing listens'}];
		const values = {port: String(wanted)};
		return [
			verdict(id, title, 'failed', summary, [findingAbout(context, 'app.not-listening', evidence, summary, values)]),
		];
	});
}
