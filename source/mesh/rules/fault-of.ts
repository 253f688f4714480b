import type {Fault} from '../annotations.ts';

/** A broken rule of a field; a value that is no text is shown as JSON. A rule of the whole, or of what is absent, has no value. */
export function faultOf(field: string, value: unknown, rule: string): Fault {
	const shown = typeof value === 'string' ? value : value === undefined ? '' : (JSON.stringify(value) ?? String(value));
	return {field, value: shown.length > 200 ? `${shown.slice(0, 200)}…` : shown, rule};
}

/** A fault, or none, as a list. */
export function unless(kept: boolean, field: string, value: unknown, rule: string): readonly Fault[] {
	return kept ? [] : [faultOf(field, value, rule)];
}
