import {selectionLabels} from '../mesh/labels.ts';
import {fuzzyMatch} from './fuzzy.ts';
import type {FleetRow} from './row.ts';

/** A filter as typed, ready to be asked; `problem` is a clause for the person while what is typed cannot be read: then everything passes. */
export type Filter = {readonly problem: string | undefined; matches(row: FleetRow): boolean};

type Labels = Readonly<Record<string, string>>;

const everything: Filter = {problem: undefined, matches: () => true};

/**
 * Reads a filter, in k9s's grammar: words that must all be in some column (ignoring case), `/a regular expression/` on one column,
 * `-f` with words whose letters must stand in one column in their order, whatever is between them, `-l` with a label selector
 * (`a=b,c!=d,e in (f,g),h,!i`), which sees metadata and spec labels; `!` before any of them for its contrary.
 */
export function parseFilter(text: string): Filter {
	const typed = text.trim();
	if (typed === '' || typed === '!' || typed === '/' || typed === '!/') return everything;
	if (!typed.startsWith('!')) return positiveFilter(typed);
	const {problem, matches} = positiveFilter(typed.slice(1).trimStart());
	return problem === undefined && matches !== everything.matches
		? {problem, matches: (row) => !matches(row)}
		: {problem, matches};
}

function positiveFilter(typed: string): Filter {
	if (/^-l(\s|$)/.test(typed)) return selectorFilter(typed.slice(2));
	if (/^-f(\s|$)/.test(typed)) return fuzzyFilter(typed.slice(2));
	return plainFilter(typed);
}

function fuzzyFilter(text: string): Filter {
	const words = text
		.toLowerCase()
		.split(/\s+/)
		.filter((word) => word !== '');
	if (words.length === 0) return everything;
	return {
		problem: undefined,
		matches(row) {
			const all = columnsOf(row).toLowerCase();
			return words.every((word) => fuzzyMatch(word, all));
		},
	};
}

function plainFilter(text: string): Filter {
	if (text.startsWith('/')) return expressionFilter(text.replace(/^\//, '').replace(/\/$/, ''));
	const words = text.toLowerCase().split(/\s+/);
	return {
		problem: undefined,
		matches(row) {
			const all = columnsOf(row).toLowerCase();
			return words.every((word) => all.includes(word));
		},
	};
}

function expressionFilter(source: string): Filter {
	try {
		const expression = new RegExp(source, 'im');
		return {problem: undefined, matches: (row) => expression.test(columnsOf(row))};
	} catch {
		return {...everything, problem: 'not a regular expression yet'};
	}
}

function selectorFilter(text: string): Filter {
	const terms = text
		.split(/,(?![^(]*\))/)
		.map((part) => part.trim())
		.filter((part) => part !== '')
		.map(labelTerm);
	const tests = terms.filter((term) => term !== undefined);
	if (terms.length === 0) return everything;
	if (tests.length < terms.length)
		return {...everything, problem: 'not a label selector yet, e.g. -l app=ratings,version!=v1'};
	return {
		problem: undefined,
		matches({entry}) {
			const labels = selectionLabels(entry);
			return tests.every((test) => test(labels));
		},
	};
}

/** One requirement of a label selector; undefined when it is none. Values may be empty, as in Kubernetes. */
function labelTerm(text: string): ((labels: Labels) => boolean) | undefined {
	const set = /^([\w./-]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
	if (set !== null) {
		const [, key = '', operator, list = ''] = set;
		const values = list.split(',').map((value) => value.trim());
		const has = (labels: Labels) => Object.hasOwn(labels, key) && values.includes(labels[key] ?? '');
		return operator === 'in' ? has : (labels) => !has(labels);
	}
	const equality = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/.exec(text);
	if (equality !== null) {
		const [, key = '', operator, value = ''] = equality;
		const has = (labels: Labels) => Object.hasOwn(labels, key) && labels[key] === value;
		return operator === '!=' ? (labels) => !has(labels) : has;
	}
	const existence = /^(!?)\s*([\w./-]+)$/.exec(text);
	if (existence === null) return undefined;
	const [, not, key = ''] = existence;
	return (labels) => Object.hasOwn(labels, key) === (not === '');
}

const columns = new WeakMap<FleetRow, string>();

/** The texts of a row's columns, made once for each row: a key of the filter asks for ten thousand. */
function columnsOf(row: FleetRow): string {
	const known = columns.get(row);
	if (known !== undefined) return known;
	const {namespace, name, address, network, serviceAccount} = row.entry;
	const text = [namespace, name, address, network, serviceAccount, row.proxy.state, row.ref].join('\n');
	columns.set(row, text);
	return text;
}
