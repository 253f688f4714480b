import {loadAll, YAMLException} from 'js-yaml';

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
