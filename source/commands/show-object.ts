import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {objectName} from '../mesh/object-name.ts';
import {toManifest, toYaml} from '../mesh/yaml.ts';
import type {Rehearsal} from '../onboarding/objects/rehearse.ts';
import {lineDiff} from '../output/line-diff.ts';
import {sanitise} from '../output/sanitise.ts';
import type {ObjectOutput} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {type Output, printJson} from './print.ts';

/** A new object whole, an existing one as the diff of what would change. */
export function showRehearsal({before, after, outcome}: Rehearsal, output: Output = process.stderr): void {
	output.write(`${objectName(after)} ${outcome === 'configured' ? 'would change' : `would be ${outcome}`}\n`);
	const lines =
		before === undefined
			? toYaml(after)
					.trimEnd()
					.split('\n')
					.map((text) => `  ${text}`)
			: lineDiff(toYaml(before), toYaml(after)).map(({sign, text}) => `${sign} ${text}`);
	output.write(lines.map((line) => `${sanitise(line)}\n`).join(''));
}

/** Objects for a file or a pipe: YAML documents, or JSON (a List where there are several). */
export function formatObjects(objects: readonly KubernetesObject[], format: OutputFormat): string {
	if (format !== 'json') return toManifest(objects);
	let text = '';
	const [only] = objects;
	const value =
		only !== undefined && objects.length === 1 ? only : ({apiVersion: 'v1', kind: 'List', items: objects} as const);
	printJson(value satisfies ObjectOutput, {
		write: (part) => {
			text += part;
		},
	});
	return text;
}
