import type {Check} from '../../../diagnosis/finding.ts';
import {joinHostPort} from '../../../mesh/ip.ts';
import {type DialAnswer, type PodDial, perform, performAll} from '../../action.ts';
import type {Step} from '../../step.ts';
import {findingAbout} from '../stopped-by.ts';
import {outcomeOf, type Verdict, verdict} from './verdict.ts';

/** Seconds for a connection; what takes longer is no way for requests. */
const patience = 5;

/**
 * From a pod of the mesh to the VM's inbound ports. Before bootstrap nothing listens there, so a refusal is as good as an
 * open port: the way is open. No answer means that it is not (`network.vm-unreachable`).
 */
export const inboundStep: Step = {
	id: 'check.inbound',
	phase: 'check',
	title: 'Reach the VM from the mesh',
	plan: () => [],
	*run(context) {
		const {entry, ingress} = context.target;
		const ports = [...new Set(ingress.map(({port}) => port))];
		const reason =
			entry.address === '' ? 'the entry has no address' : ports.length === 0 ? 'no inbound port is known' : undefined;
		if (reason !== undefined) {
			return outcomeOf([verdict('inbound', 'Mesh to VM', 'not-done', reason)], 'nothing to dial');
		}
		const dials = ports.map((port) => dial(entry.address, port));
		const answers = yield* performAll(...dials);
		const flows = dials.map(({port}, index) => ({port, answer: answers[index]})).filter(isAnswered);
		const verdicts = flows.map(({port, answer}) => judge(entry.address, port, answer));
		const closed = flows.filter(({answer}) => isClosed(answer));
		const fine = `the way to ${ports.map((port) => joinHostPort(entry.address, port)).join(' and ')} is open`;
		const outcome = outcomeOf(
			verdicts,
			flows.every(({answer}) => answer.outcome === 'not-done') ? 'no pod could try' : fine,
		);
		if (closed.length === 0) return outcome;

		// Does anything at that address answer? Then it is the port that is closed, else the address that leads nowhere.
		const sshPort = context.target.ssh.port.value ?? 22;
		const ssh = yield* perform(dial(entry.address, sshPort));
		const alive = isOpen(ssh);
		const listed = closed.map(({port}) => joinHostPort(entry.address, port)).join(' and ');
		const summary = alive
			? `Pods reach ${entry.address} and get no answer from ${listed}: a firewall drops it.`
			: `Pods get no answer from ${listed}, nor from any other port of ${entry.address}.`;
		const evidence = [...closed, {port: sshPort, answer: ssh}].map(({port, answer}) => ({
			source: `TCP ${answer.from} to ${joinHostPort(entry.address, port)}`,
			text: `${answer.outcome} after ${answer.ms} ms: ${answer.text}`,
		}));
		return {...outcome, findings: [findingAbout(context, 'network.vm-unreachable', evidence, summary)]};
	},
};

function dial(host: string, port: number): PodDial {
	return {kind: 'pod-dial', host, port, timeoutSeconds: patience};
}

type Flow = {readonly port: number; readonly answer: DialAnswer};

function isAnswered(flow: {port: number; answer: DialAnswer | undefined}): flow is Flow {
	return flow.answer !== undefined;
}

function isOpen({outcome}: DialAnswer): boolean {
	return outcome === 'open' || outcome === 'refused' || outcome === 'reset';
}

function isClosed(answer: DialAnswer): boolean {
	return !isOpen(answer) && answer.outcome !== 'not-done';
}

function judge(host: string, port: number, answer: DialAnswer): Verdict {
	const outcome: Check['outcome'] = isOpen(answer) ? 'passed' : answer.outcome === 'not-done' ? 'not-done' : 'failed';
	const to = joinHostPort(host, port);
	const detail =
		answer.outcome === 'open'
			? `${to} answers`
			: isOpen(answer)
				? `${to} refuses, so the way is open and nothing listens yet`
				: answer.outcome === 'not-done'
					? answer.text
					: `${to}: ${answer.outcome === 'filtered' ? 'no answer' : answer.text}`;
	const check: Check = {
		id: `inbound-${port}`,
		title: `Mesh to VM, port ${port}`,
		from: answer.from,
		to: host,
		port,
		outcome,
		detail,
		ms: answer.ms,
	};
	return {check, findings: []};
}
