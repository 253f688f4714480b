import {asRecord, asText} from '../../mesh/untyped.ts';
import type {StoredObject} from './object-store.ts';
import {badRequest} from './status-error.ts';

export type Matcher = (object: StoredObject) => boolean;

const term = /^([\w./-]+)\s*(?:(==|=|!=)\s*([\w.-]*)|\s+(in|notin)\s*\(([^)]*)\))?$/;

/** Reads a label selector: `a=b`, `a!=b`, `a`, `!a`, `a in (b,c)`, `a notin (b)`, joined by commas. Throws a 400 for others. */
export function labelMatcher(selector: string): Matcher {
	const terms = selector
		.split(/,(?![^(]*\))/)
		.map((part) => part.trim())
		.filter(Boolean)
		.map(labelTerm);
	return (object) => {
		const labels = object.metadata.labels ?? {};
		return terms.every((matches) => matches(labels));
	};
}

function labelTerm(text: string): (labels: Readonly<Record<string, string>>) => boolean {
	if (text.startsWith('!')) return (labels) => !(text.slice(1) in labels);
	const match = term.exec(text);
	if (match === null) throw badRequest(`unable to parse requirement: found '${text}', expected: a label selector`);
	const [, key = '', operator, value = '', set, list = ''] = match;
	const values = list.split(',').map((item) => item.trim());
	return (labels) => {
		const found = labels[key];
		if (set === 'in') return found !== undefined && values.includes(found);
		if (set === 'notin') return found === undefined || !values.includes(found);
		if (operator === '!=') return found !== value;
		return operator === undefined ? found !== undefined : found === value;
	};
}

/** Reads a field selector of metadata.name, metadata.namespace and status.phase. */
export function fieldMatcher(selector: string): Matcher {
	const terms = selector
		.split(',')
		.filter(Boolean)
		.map((text) => {
			const match = /^(metadata\.name|metadata\.namespace|status\.phase)(==|=|!=)(.*)$/.exec(text);
			if (match === null) throw badRequest(`field label not supported: ${text.split(/[=!]/)[0] ?? ''}`);
			const [, field = '', operator, wanted = ''] = match;
			return (object: StoredObject) => {
				const value =
					field === 'metadata.name'
						? object.metadata.name
						: field === 'metadata.namespace'
							? (object.metadata.namespace ?? '')
							: asText(asRecord(object['status'])['phase']);
				return (value === wanted) === (operator !== '!=');
			};
		});
	return (object) => terms.every((matches) => matches(object));
}
