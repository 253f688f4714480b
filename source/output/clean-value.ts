import {hideCredentials} from './credentials.ts';
import type {Redactor} from './redact.ts';
import {sanitise} from './sanitise.ts';

/** The same value with every string in it made plain and without secrets, line by line: what may be shown, kept and printed. */
export function cleanValue<T>(value: T, redactor: Redactor): T {
	return walk(value, (text) => redactor.redact(text.split('\n').map(sanitise).join('\n'))) as T;
}

/** The same value with no secret in any string, and each of them else as it was: what is kept to be read again, on other machines too. */
export function withoutSecrets<T>(value: T, redactor: Redactor): T {
	return walk(value, (text) => hideCredentials(redactor.redact(text))) as T;
}

function walk(value: unknown, clean: (text: string) => string): unknown {
	if (typeof value === 'string') return clean(value);
	if (Array.isArray(value)) return value.map((item) => walk(item, clean));
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, clean)]));
}
