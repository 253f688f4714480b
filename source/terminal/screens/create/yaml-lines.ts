import type {KubernetesObject} from '../../../mesh/kubernetes-object.ts';
import {toYaml} from '../../../mesh/yaml.ts';
import {type Line, span} from '../../text/line.ts';

let last: {object: KubernetesObject; lines: readonly Line[]} | undefined;

/** The object as it is written to a file, a line each; made once for each object. */
export function yamlLines(object: KubernetesObject): readonly Line[] {
	if (last?.object === object) return last.lines;
	const lines = toYaml(object)
		.trimEnd()
		.split('\n')
		.map((text): Line => {
			const [, key = '', rest = text] = /^(\s*(?:- )*[\w./-]+:)(.*)$/.exec(text) ?? [];
			return [span(key, 'accent'), span(rest)];
		});
	last = {object, lines};
	return lines;
}
