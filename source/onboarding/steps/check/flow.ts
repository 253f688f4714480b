import type {Check, Evidence, FlowResult} from '../../../diagnosis/finding.ts';
import {joinHostPort} from '../../../mesh/ip.ts';
import type {Dial, DialAnswer, PodDial} from '../../action.ts';
import type {Verdict} from './verdict.ts';

/** A way that traffic takes, to be dialled from where it begins. */
export type Way<Dialled extends Dial | PodDial = Dial | PodDial> = {
	readonly id: string;
	readonly title: string;
	readonly dial: Dialled;
	/** What takes it, in words for whoever is asked to open it: `requests to the app`. */
	readonly why: string;
	/** False where the VM is of use without it: then a closed port is worth a warning. */
	readonly needed: boolean;
};

/** A way with what was found on it. */
export type Flow<Dialled extends Dial | PodDial = Dial | PodDial> = Way<Dialled> & {readonly answer: DialAnswer};

/** Enough to see that some packets are lost, or take long. */
const tries = 3;

/** A way to be tried several times at once. */
export function often<Dialled extends Dial | PodDial>(way: Way<Dialled>): Way<Dialled> {
	return {...way, dial: {...way.dial, tries}};
}

/** The ways with their answers, which come in the same order. */
export function flowsOf<Dialled extends Dial | PodDial>(
	ways: ReadonlyArray<Way<Dialled>>,
	answers: readonly DialAnswer[],
): ReadonlyArray<Flow<Dialled>> {
	return ways.flatMap((way, index) => {
		const answer = answers[index];
		return answer === undefined ? [] : [{...way, answer}];
	});
}

/** Closed, and needed. */
export function isBroken({answer, needed}: Flow): boolean {
	return needed && answer.outcome !== 'open' && answer.outcome !== 'not-done';
}

/** The check of a way that must be answered. */
export function judge(flow: Flow): Verdict {
	const {dial, answer, needed} = flow;
	if (answer.outcome === 'open') return judgeOpen(flow);
	if (answer.outcome === 'not-done') return judged(flow, 'not-done', answer.text);
	const said = answer.outcome === 'tls-untrusted' || answer.outcome === 'tls-misnamed' ? `: ${answer.text}` : '';
	return judged(flow, needed ? 'failed' : 'warning', `${toOf(dial)}: ${words[answer.outcome]}${said}`);
}

/** The check of a way that is open; `text`: that it is. */
export function judgeOpen(flow: Flow, text = flow.answer.text): Verdict {
	const {tries} = flow.answer;
	if (tries === undefined) return judged(flow, 'passed', text);
	const {made, open, fastest, slowest} = tries;
	if (open < made) return judged(flow, 'warning', `${text}; ${made - open} of ${made} tries did not come through`);
	return judged(flow, 'passed', `${text}; ${made} tries in ${fastest} to ${slowest} ms`);
}

/** The check of a way, with how it went in words of its own. */
export function judged(
	{id, title, dial, answer, why}: Flow,
	outcome: Check['outcome'],
	detail: string,
	result: FlowResult = results[answer.outcome],
): Verdict {
	const {from, ms, tries} = answer;
	const ends = {from, to: dial.host, port: dial.port};
	const check: Check = {id, title, ...ends, outcome, detail, ms, why, result, ...(tries === undefined ? {} : {tries})};
	return {check, findings: []};
}

/** What was seen on a way. */
export function evidenceOf({dial, answer}: Flow): Evidence {
	const chain = answer.chain.map(({subject, issuer}) => `subject ${subject}, issuer ${issuer}`);
	return {
		source: sourceOf({dial, answer}),
		text: [`${answer.outcome} after ${answer.ms} ms: ${answer.text}`, ...chain].join('\n'),
	};
}

/** What a finding's evidence of a way is known by. */
export function sourceOf({dial, answer}: Pick<Flow, 'dial' | 'answer'>): string {
	const tls = dial.kind === 'dial' && dial.tls !== undefined ? `, TLS ${dial.tls.serverName}` : '';
	return `TCP ${answer.from} to ${toOf(dial)}${tls}`;
}

/** Where several ways lead, for a sentence. */
export function endsOf(flows: ReadonlyArray<Pick<Flow, 'dial'>>): string {
	return flows.map(({dial}) => toOf(dial)).join(' and ');
}

function toOf({host, port}: Dial | PodDial): string {
	return joinHostPort(host, port);
}

const results = {
	open: 'open',
	refused: 'refused',
	filtered: 'filtered',
	unreachable: 'unreachable',
	unresolved: 'unresolved',
	reset: 'reset',
	'tls-timeout': 'tls-timeout',
	'tls-untrusted': 'tls-intercepted',
	'tls-misnamed': 'tls-misnamed',
	'not-done': 'not-done',
} as const satisfies Record<DialAnswer['outcome'], FlowResult>;

const words = {
	refused: 'connection refused',
	filtered: 'no answer',
	unreachable: 'no route',
	unresolved: 'the name does not resolve',
	reset: 'closed during the TLS handshake',
	'tls-timeout': 'TCP connects, TLS does not end',
	'tls-untrusted': "a certificate that is not of the mesh's CA",
	'tls-misnamed': 'a certificate without the name that the proxy asks for',
} as const satisfies Record<Exclude<DialAnswer['outcome'], 'open' | 'not-done'>, string>;
