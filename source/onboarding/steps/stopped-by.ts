import {type FindingId, finding, isFindingId} from '../../diagnosis/catalogue.ts';
import type {Evidence, Finding, Remedy} from '../../diagnosis/finding.ts';
import type {UserError} from '../../errors.ts';
import type {Target} from '../../mesh/target.ts';
import {plainLines} from '../../vm/plain-text.ts';
import {remedyValues} from '../remedy-values.ts';
import type {Outcome, StepContext} from '../step.ts';

/** A finding about a run's target: the machine, or the entry where the fault is in the objects. Evidence is made fit to be shown. */
export function findingAbout(
	{target, options}: Pick<StepContext, 'target' | 'options'>,
	id: FindingId,
	evidence: readonly Evidence[],
	summary?: string,
	values: Readonly<Record<string, string>> = {},
): Finding {
	return finding(id, {
		target: faulty(target, options.context, id),
		evidence: evidence.map(({source, text}) => ({source, text: plainLines(text, 50)})),
		values: {...remedyValues(target), ...values},
		...(summary === undefined ? {} : {summary}),
	});
}

/** An error about a run's target as a finding; undefined where its code is no named cause. */
export function findingOf(error: UserError, about: Pick<StepContext, 'target' | 'options'>): Finding | undefined {
	if (!isFindingId(error.code)) return undefined;
	const found = findingAbout(about, error.code, error.evidence, error.message);
	return {...found, remedy: remedyOf(error, found.remedy)};
}

/** Whoever failed knows the next step better than the catalogue, of whose command only one without gaps is of use then. */
function remedyOf({hint}: UserError, known: Remedy): Remedy {
	if (hint === undefined) return known;
	const {command, ...rest} = known;
	return {
		...rest,
		text: hint,
		...(command === undefined || /<[a-z ]+>/.test(command) ? {} : {command}),
	};
}

/** The outcome of a step that a named cause stopped. */
export function stoppedBy(found: Finding, more: Partial<Outcome> = {}): Outcome {
	return {status: 'failed', detail: found.summary, ...more, findings: [...(more.findings ?? []), found]};
}

const ofObjects = new Set(['entry', 'sidecar', 'service', 'traffic']);

function faulty({entry, ssh}: Target, context: string, id: FindingId): string {
	const area = id.split('.')[0] ?? '';
	if (area === 'cluster' || area === 'gateway') return `cluster/${context}`;
	return ofObjects.has(area) ? `workloadentry/${entry.namespace}/${entry.name}` : `vm/${ssh.host.value}`;
}
