import {joinHostPort} from '../../../../mesh/ip.ts';
import type {Ingress} from '../../../../mesh/sidecar.ts';
import {applicationAt, isWildcard} from '../../../../vm/application.ts';
import {canonicalIp} from '../../../../vm/canonical-ip.ts';
import type {Listener} from '../../../../vm/parse/listeners.ts';
import {findingAbout} from '../../stopped-by.ts';
import {type Verdict, verdict} from '../verdict.ts';
import {isNobodysProxy, ownContainer, type Rule, type Subject} from './subject.ts';

/**
 * `listener.port-taken`: the addresses of the Sidecar's inbound listeners must be free (with interception NONE, where the proxy binds
 * them). Whether the application listens yet is told and no more: it may be started later.
 */
export const inboundRule: Rule = (subject) => {
	if (subject.target.interceptionMode.value !== 'NONE') return [];
	return subject.target.ingress.map((ingress) => judge(subject, ingress));
};

function judge(subject: Subject, ingress: Ingress): Verdict {
	const {target, vm} = subject;
	const id = `vm.inbound-${ingress.port}`;
	const title = `Inbound port ${ingress.port}`;
	if (vm.listeners === undefined) return verdict(id, title, 'not-done', 'the listening ports could not be listed');
	const wanted = canonicalIp(ingress.bind || (target.instanceIp?.value ?? ''));
	const running = ownContainer(subject)?.state === 'running' || isNobodysProxy(subject);
	// The package's proxy has an account of its own: whoever is not root is told no name for what it holds.
	const isOwn = (process: string) =>
		running || (target.layout.value === 'package' && ['', 'envoy', 'pilot-agent'].includes(process));
	const taken = vm.listeners.find(
		({address, port, process}) =>
			port === ingress.port && (isWildcard(address) || (!isOwn(process) && address === wanted)),
	);
	if (taken === undefined) return verdict(id, title, 'passed', applicationWords(ingress, vm.listeners));
	const holder = taken.process === '' ? 'another program' : taken.process;
	const summary = `${joinHostPort(taken.address, taken.port)} is held by ${holder}, so the proxy cannot take port ${ingress.port}.`;
	const evidence = [{source: 'ss -ltnp', text: `${joinHostPort(taken.address, taken.port)} ${taken.process}`}];
	const found = findingAbout(subject, 'listener.port-taken', evidence, summary, {port: String(ingress.port)});
	return verdict(id, title, 'failed', summary, [found]);
}

/** Whether anything listens where the proxy will send requests. */
function applicationWords({defaultEndpoint}: Ingress, listeners: readonly Listener[]): string {
	const {port, there} = applicationAt(defaultEndpoint, listeners);
	if (port === undefined) return `free; requests go to ${defaultEndpoint}`;
	if (there === undefined) return `free; nothing listens on ${defaultEndpoint} yet, where requests will go`;
	return `free; ${there.process === '' ? 'the application' : there.process} listens on ${defaultEndpoint}`;
}
