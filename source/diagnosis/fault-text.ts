import type {Fault} from '../mesh/annotations.ts';

/** A broken rule as evidence tells it: field, value, rule. */
export function faultText({field, value, rule}: Fault): string {
	return value === '' ? `${field}: ${rule}` : `${field}: ${JSON.stringify(value)} ${rule}`;
}
