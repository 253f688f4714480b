import type {Finding} from '../diagnosis/finding.ts';
import {manifestLines, remedyLine} from '../diagnosis/remedy-line.ts';

/** A finding as text, line by line: severity and id with the sentence, what was read, what to do, and the corrected object. */
export function findingLines({severity, id, summary, evidence, remedy, fixable}: Finding): readonly string[] {
	return [
		`${severity} ${id}: ${summary}`,
		...evidence.flatMap(({source, text}) => text.split('\n').map((part) => `    ${source}: ${part}`)),
		`  → ${remedyLine(remedy)}`,
		...manifestLines(remedy).map((text) => `    ${text}`),
		...(fixable === true ? [`  → meshboard can do it: --fix ${id}`] : []),
	];
}
