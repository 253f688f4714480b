import type {Remedy, Severity} from './finding.ts';

/** What the catalogue says of one id, whatever the case. Placeholders such as `<ns>` are filled by `finding`. */
export type CatalogueEntry = {
	readonly severity: Severity;
	/** What it means, a sentence. */
	readonly summary: string;
	readonly remedy: Remedy;
};
