import {asText} from '../mesh/untyped.ts';
import {asRecords, readJson} from './json.ts';

/** A container with the paths of the machine that it mounts. */
export type Mounted = {readonly name: string; readonly sources: readonly string[]};

/** Reads lines of `inspect --format '{{json .Name}} {{json .Mounts}}'`; others (warnings of the client) are ignored. */
export function parseMounts(stdout: string): readonly Mounted[] {
	return stdout.split('\n').flatMap((line) => {
		const match = /^"\/?([^"]*)" (\[.*\]|null)$/.exec(line.trim());
		if (match === null) return [];
		const [, name = '', mounts = ''] = match;
		return [{name, sources: asRecords(readJson(mounts)).map(({Source}) => asText(Source))}];
	});
}
