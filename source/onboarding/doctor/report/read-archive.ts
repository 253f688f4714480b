import {exitCodes, UserError} from '../../../errors.ts';
import {asText, isMapping} from '../../../mesh/untyped.ts';
import {sanitise} from '../../../output/sanitise.ts';
import {asRecords, readJson} from '../../../proxy/json.ts';
import {type Examined, isHealthy} from '../examination.ts';
import {factNames} from '../facts.ts';
import {type DoctorRecord, examinedOf} from '../record.ts';
import {archiveFormat, sha256, withPayload} from './archive.ts';
import {markdownReport, type Reported} from './markdown.ts';

/**
 * The examinations of an archive, judged anew. `files`: the contents by path, which were unpacked with care already. Throws UserError `archive` (exit
 * 65) for what is no archive of the doctor's, is not whole, or was made by a newer meshboard.
 */
export function readArchive(files: ReadonlyMap<string, Uint8Array>, name: string): readonly Reported[] {
	const manifest = readJson(textOf(files.get('manifest.json')));
	if (!isMapping(manifest) || typeof manifest.format !== 'number') throw archiveError(name, 'it has no manifest');
	if (manifest.format > archiveFormat) {
		const {meshboard = ''} = isMapping(manifest.versions) ? manifest.versions : {};
		throw newer(name, manifest.format, asText(meshboard));
	}
	const told = asRecords(manifest.files);
	const paths = new Set(told.map(({path}) => asText(path)));
	for (const path of files.keys())
		if (path !== 'manifest.json' && !paths.has(path)) throw archiveError(name, `its manifest knows no ${path}`);
	for (const {path, sha256: sum} of told) {
		const content = files.get(asText(path));
		if (content === undefined) throw archiveError(name, `${asText(path)} is missing`);
		if (sha256(content) !== sum) throw archiveError(name, `${asText(path)} is not what its manifest says`);
	}
	return asRecords(manifest.targets).map(({folder}) => {
		const path = `${asText(folder)}/facts.json`;
		return examinationOf(textOf(files.get(path)), () => archiveError(name, `${path} cannot be understood`));
	});
}

/** Facts of a stranger: rules take them as they come from a VM, and what is not even a fact they cannot judge. */
function examinationOf(text: string, damaged: () => UserError): Reported {
	try {
		const parsed = JSON.parse(text) as DoctorRecord;
		// What an older meshboard did not ask for.
		const lacking = factNames.filter((fact) => !Object.hasOwn(parsed.facts, fact));
		const unasked = lacking.map((fact) => [fact, {state: 'unknown', reason: 'not in this archive', ms: 0}]);
		const read: DoctorRecord = {...parsed, facts: {...parsed.facts, ...Object.fromEntries(unasked)}};
		const states = factNames.map((fact) => read.facts[fact].state);
		if (!states.every((state) => ['known', 'unknown', 'pending'].includes(state))) throw damaged();
		const record = {...withPayload(read), begunAt: new Date(read.begunAt).toISOString()};
		const examined = examinedOf(record);
		const report: Reported = {record, examined};
		// What a report is made of is read by nobody before: what it cannot be made of throws here.
		markdownReport([report], '');
		if (!isTold(examined)) throw damaged();
		return report;
	} catch {
		throw damaged();
	}
}

/** Is every word of it one, so that it can be printed? */
function isTold(examined: Examined): boolean {
	const isText = (value: unknown) => typeof value === 'string';
	const {target, seconds, findings, checks} = examined;
	return (
		isText(target) &&
		typeof seconds === 'number' &&
		typeof isHealthy(examined) === 'boolean' &&
		findings.every(
			({id, severity, target: at, summary, evidence, remedy}) =>
				[id, severity, at, summary, remedy.text, remedy.command ?? '', remedy.manifest ?? ''].every(isText) &&
				Object.values(remedy.rules ?? {}).every(isText) &&
				evidence.every(({source, text}) => isText(source) && isText(text)),
		) &&
		checks.every(({id, title, outcome, detail}) => [id, title, outcome, detail].every(isText))
	);
}

function textOf(content: Uint8Array | undefined): string {
	return content === undefined ? '' : Buffer.from(content).toString('utf8');
}

function newer(name: string, format: number, version: string): UserError {
	const by = version === '' ? 'a newer meshboard' : `meshboard ${JSON.stringify(version)}`;
	return new UserError({
		code: 'archive',
		message: `${name} was made by ${by}, in format ${format}; this meshboard reads up to format ${archiveFormat}.`,
		hint: 'Read it with that version or a newer one.',
		exitCode: exitCodes.badData,
	});
}

export function archiveError(name: string, why: string): UserError {
	return new UserError({
		code: 'archive',
		message: `${name} is no whole archive of meshboard doctor: ${sanitise(why)}.`,
		hint: 'Have it made again: meshboard doctor TARGET --archive FILE',
		exitCode: exitCodes.badData,
	});
}
