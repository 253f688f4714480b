import {plainText} from '../plain-text.ts';

/** A distribution by os-release(5); empty strings where it says nothing. */
export type OsRelease = {
	readonly id: string;
	readonly idLike: readonly string[];
	readonly versionId: string;
	readonly prettyName: string;
};

/** Reads /etc/os-release: `NAME=value`, quoted as the shell does. The last of equal names counts, as in the shell. */
export function parseOsRelease(lines: readonly string[]): OsRelease {
	const values = new Map<string, string>();
	for (const line of lines) {
		const match = /^\s*([A-Z_]+)=(.*)$/.exec(line);
		if (match !== null) values.set(match[1] ?? '', plainText(unquote((match[2] ?? '').trim()), 120));
	}
	const id = (values.get('ID') ?? '').toLowerCase();
	return {
		id,
		idLike: (values.get('ID_LIKE') ?? '').toLowerCase().split(' ').filter(Boolean),
		versionId: values.get('VERSION_ID') ?? '',
		prettyName: values.get('PRETTY_NAME') ?? values.get('NAME') ?? id,
	};
}

function unquote(value: string): string {
	const quoted = /^(["'])(.*)\1$/.exec(value);
	return (quoted === null ? value : (quoted[2] ?? '')).replaceAll(/\\(["'$`\\])/g, '$1');
}
