import type {RunEvent} from '../onboarding/event.ts';

/** What each kind of event must hold to be taken for one; the rest is as the program wrote it. */
const required: {
	readonly [Kind in RunEvent['event']]: Readonly<Record<string, 'string' | 'number' | 'object' | 'list'>>;
} = {
	'run.started': {host: 'string', options: 'object', steps: 'list', pid: 'number'},
	'run.resumed': {why: 'string', pid: 'number'},
	'step.started': {step: 'string', title: 'string'},
	command: {step: 'string', where: 'string', text: 'string'},
	'step.waiting': {step: 'string', why: 'string'},
	'step.succeeded': {step: 'string', detail: 'string'},
	'step.failed': {step: 'string', reason: 'string'},
	'step.skipped': {step: 'string', reason: 'string'},
	check: {step: 'string', check: 'object'},
	finding: {step: 'string', finding: 'object'},
	'run.finished': {outcome: 'string', seconds: 'number'},
};

/** One line of a journal, or undefined when it is damaged or of a kind that this version does not know. */
export function parseEvent(line: string): RunEvent | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return isEvent(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

function isEvent(value: unknown): value is RunEvent {
	if (typeof value !== 'object' || value === null) return false;
	const fields = value as Readonly<Record<string, unknown>>;
	const kind = fields.event;
	if (typeof kind !== 'string' || !Object.hasOwn(required, kind)) return false;
	const wanted = {time: 'string', run: 'string', target: 'string', ...required[kind as RunEvent['event']]};
	return Object.entries(wanted).every(([name, type]) => {
		const field = fields[name];
		if (type === 'list') return Array.isArray(field);
		return field !== null && typeof field === type;
	});
}
