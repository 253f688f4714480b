import {packArchive} from '../bundle/archive.ts';
import {openBundleFiles, openExaminations} from '../compose.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import {archiveFiles} from '../onboarding/doctor/report/archive.ts';
import type {Reported} from '../onboarding/doctor/report/markdown.ts';
import type {Examination} from '../onboarding/session.ts';
import {systemClock} from '../system-clock.ts';
import {say} from './failures.ts';
import {version} from './version.ts';

/** Where an archive goes, found before anything is asked of a VM. */
export type ArchivePlace = {save(examinations: readonly Examination[]): Promise<void>};

/** How hard it is squeezed: dumps are large, and the same words again and again. */
const level = 6;

/** The file that `--archive` names; it is the owner's alone (0600). Throws UserError `save` and `usage`. */
export async function archivePlace(word: string): Promise<ArchivePlace> {
	const {saveFile} = await openBundleFiles();
	const {path, save} = await saveFile(word);
	return {
		async save(examinations) {
			const examined = examinations.map((each) => ({...reportOf(each), dumps: each.dumps()}));
			const versions = {meshboard: version, node: process.version, platform: `${process.platform} ${process.arch}`};
			const files = archiveFiles(examined, {madeAt: systemClock.now().toISOString(), versions});
			await save(await packArchive(files, level), 0o600);
			const missing = examined.flatMap(({dumps}) => dumps).filter((dump) => 'reason' in dump).length;
			say(`${path} written: ${files.length} files${missing === 0 ? '' : `, ${missing} not to be had (manifest.json)`}`);
		},
	};
}

/** An examination with all that it judged by. */
export function reportOf(examination: Examination): Reported {
	return {record: examination.record(), examined: examination.getSnapshot()};
}

/** The examinations in an archive, or those of some of its targets. Throws UserError `archive`, `usage`. */
export async function examinationsIn(path: string, wanted: readonly TargetRef[]): Promise<readonly Reported[]> {
	const all = await openExaminations(path);
	const names = all.map(({examined}) => examined.target);
	const unknown = wanted.find((target) => !names.includes(target));
	if (unknown === undefined)
		return wanted.length === 0 ? all : all.filter(({examined}) => wanted.includes(examined.target));
	throw new UserError({
		code: 'usage',
		message: `${path} holds no examination of ${unknown}.`,
		hint: `It holds: ${names.join(', ')}`,
		exitCode: exitCodes.usage,
	});
}
