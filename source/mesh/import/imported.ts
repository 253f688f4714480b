import type {EntryDraft} from '../build/entry.ts';

/** One row of a table or one machine of an inventory. */
export type Imported = {
	/** Where it stands, for people: `line 3`, `instance i-0abc`. */
	readonly source: string;
	/** What templates read: the row or machine as it is, and `name`, `internalIp`, `externalIp`, `tags` … beside. */
	readonly values: Readonly<Record<string, unknown>>;
	/** What it says of its entry by itself. */
	readonly draft: EntryDraft;
	/** Why it is left out unless asked for: `is stopped`; undefined when it is not. */
	readonly stopped?: string;
};

/** What was recognised, for people, and its rows. */
export type Inventory = {readonly kind: string; readonly rows: readonly Imported[]};
