import {CORE_SCHEMA, dump, loadAll, mergeTag, YAMLException} from 'js-yaml';

/**
 * A YAML document of the cluster; undefined when it is empty. Throws an Error with one sentence that names the line.
 * Aliases are few: a document that unfolds without end is refused.
 */
export function parseYaml(text: string): unknown {
	try {
		return loadAll(text, {maxAliases: 16})[0] ?? undefined;
	} catch (error) {
		if (!(error instanceof YAMLException)) throw error;
		const line = error.mark === undefined ? '' : ` in line ${error.mark.line + 1}`;
		throw new Error(`${error.reason}${line}`);
	}
}

/** YAML that is no YAML; `line` counts from 1 in the whole text. */
export class YamlFault extends Error {
	override readonly name = 'YamlFault';
	readonly line: number | undefined;

	constructor(reason: string, line: number | undefined) {
		super(reason);
		this.line = line;
	}
}

/** All documents of a file, with merge keys, as kubectl reads it; an empty document is null. Throws YamlFault. */
export function parseDocuments(text: string): readonly unknown[] {
	try {
		return loadAll(text, {maxAliases: 1000, schema: CORE_SCHEMA.withTags(mergeTag)});
	} catch (error) {
		if (!(error instanceof YAMLException)) throw error;
		throw new YamlFault(error.reason, error.mark === undefined ? undefined : error.mark.line + 1);
	}
}

/** A value as a YAML document whose strings are read back as the same strings. */
export function toYaml(value: unknown): string {
	// Through JSON, so that dates and absent fields look as they do in JSON.
	return dump(JSON.parse(JSON.stringify(value)), {lineWidth: -1, noRefs: true});
}

/** Objects as the documents of one file. */
export function toManifest(objects: readonly unknown[]): string {
	return objects.map(toYaml).join('---\n');
}
