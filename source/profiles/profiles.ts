import {constants, copyFileSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import Conf from 'conf';
import {exitCodes, UserError} from '../errors.ts';
import {makeFolder} from '../make-folder.ts';
import type {Profile, ProfileStore, RepairedProfiles} from '../ports.ts';
import {isProfileName, isSettingName, profileSettings, unknownProfile} from '../profile-settings.ts';
import type {ProfileProblem} from './check-profile.ts';
import {checkProfilesFile, fileVersion, isNewer, type ProfilesFile} from './profiles-file.ts';
import {salvageJson} from './salvage-json.ts';

/** The profile in use when none was chosen. */
const defaultName = 'default';

/**
 * The profiles in `directory`/config.json (0600, in a folder of 0700). The file is read at every call, so that two
 * processes see each other's changes, and is written only by `save`, `remove`, `use` and `repair`; a damaged file is never written over.
 */
export function createProfiles({directory}: {readonly directory: string}): ProfileStore {
	const path = join(directory, 'config.json');

	/** The text as it is; undefined when there is no file. */
	function readText(): string | undefined {
		try {
			return readFileSync(path, 'utf8');
		} catch (error) {
			if (codeOf(error) === 'ENOENT') return undefined;
			throw unusable(path, 'read', error);
		}
	}

	function read(): ProfilesFile {
		const text = readText();
		return text === undefined ? {version: fileVersion, profiles: {}} : readWhole(path, text);
	}

	function write(file: ProfilesFile): void {
		try {
			makeFolder(directory, 0o700);
			const conf = new Conf<Record<string, unknown>>({
				projectName: 'meshboard',
				projectSuffix: '',
				cwd: directory,
				configFileMode: 0o600,
				accessPropertiesByDotNotation: false,
				// What is on disk was read and checked by `read`, or is replaced by `repair`, which kept a copy.
				deserialize: () => ({}),
			});
			conf.store = {...file};
		} catch (error) {
			throw unusable(path, 'written', error);
		}
	}

	return {
		path,
		list() {
			const {profiles, current = defaultName} = read();
			return Object.entries(profiles)
				.map(([name, profile]) => ({name, profile, current: name === current}))
				.sort((a, b) => (a.name < b.name ? -1 : 1));
		},
		get(name) {
			const {profiles} = read();
			return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
		},
		current: () => read().current ?? defaultName,
		save(name, profile) {
			const checked = checkedForSaving(name, profile);
			const file = read();
			write({...file, profiles: {...file.profiles, [name]: checked}});
		},
		remove(name) {
			const {current, profiles, ...rest} = read();
			if (!Object.hasOwn(profiles, name)) throw unknownProfile(name, Object.keys(profiles));
			const {[name]: _removed, ...others} = profiles;
			write({...rest, ...(current === undefined || current === name ? {} : {current}), profiles: others});
		},
		use(name) {
			const file = read();
			if (name !== defaultName && !Object.hasOwn(file.profiles, name))
				throw unknownProfile(name, Object.keys(file.profiles));
			write({...file, current: name});
		},
		keys: () => read().keys ?? {},
		repair() {
			const text = readText();
			if (text === undefined) return {copy: undefined, kept: [], lost: []};
			const {value, broken} = parse(text);
			if (isNewer(value)) throw newer(path);
			const {file, problems} = checkProfilesFile(broken === undefined ? value : salvageJson(text));
			const kept = Object.keys(file.profiles);
			if (broken === undefined && problems.length === 0) return {copy: undefined, kept, lost: []};
			const copy = keepCopy(path);
			write(file);
			const lost = problems.map(sentence);
			return {copy, kept, lost: broken === undefined ? lost : [broken, ...lost]} satisfies RepairedProfiles;
		},
	};
}

/** The file when all of it is good; throws `config.damaged` with every problem as evidence, `config.newer` when a later meshboard wrote it. */
function readWhole(path: string, text: string): ProfilesFile {
	const {value, broken} = parse(text);
	if (isNewer(value)) throw newer(path);
	const {file, problems} = broken === undefined ? checkProfilesFile(value) : {file: undefined, problems: []};
	const lines = broken === undefined ? problems.map(sentence) : [broken];
	if (file !== undefined && lines.length === 0) return file;
	const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
	throw new UserError({
		code: 'config.damaged',
		message: `The profiles in ${path} cannot be used: ${lines[0]}${more}. The file is left as it is.`,
		exitCode: exitCodes.configuration,
		hint: 'meshboard profile repair keeps a copy and saves what can be read; or mend the file with an editor.',
		evidence: lines.map((line) => ({source: path, text: line})),
	});
}

function parse(text: string): {value: unknown; broken: string | undefined} {
	try {
		return {value: JSON.parse(text), broken: undefined};
	} catch (error) {
		const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
		const line = at === undefined ? undefined : text.slice(0, Number(at)).split('\n').length;
		const where =
			text.trim() === '' ? 'it is empty' : `it is not JSON${line === undefined ? '' : ` from line ${line} on`}`;
		return {value: undefined, broken: where};
	}
}

function sentence({profile, field, text}: ProfileProblem): string {
	const where = [profile === undefined ? '' : `profile "${profile}"`, field ?? '']
		.filter((part) => part !== '')
		.join(', ');
	return where === '' ? `it ${text}` : `${where}: ${text}`;
}

/** Copies the file beside itself under a name that is free, and tells that name. */
function keepCopy(path: string): string {
	const copy = `${path}.damaged-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
	for (let n = 0; ; n++) {
		const name = n === 0 ? copy : `${copy}-${n}`;
		try {
			copyFileSync(path, name, constants.COPYFILE_EXCL);
			return name;
		} catch (error) {
			if (codeOf(error) !== 'EEXIST') throw unusable(name, 'written', error);
		}
	}
}

function checkedForSaving(name: string, profile: Profile): Profile {
	if (!isProfileName(name)) {
		throw new UserError({
			code: 'usage',
			message: `A profile cannot be named ${JSON.stringify(name)}.`,
			exitCode: exitCodes.usage,
			hint: 'Use letters, digits, dots, dashes and underscores, 63 at most, with a letter or digit first.',
		});
	}
	const given = Object.entries(profile).filter(([, value]) => value !== undefined);
	for (const [field, value] of given) {
		const outcome = isSettingName(field) ? profileSettings[field].check(value) : {refused: 'is not a setting'};
		if ('refused' in outcome) {
			throw new UserError({
				code: 'usage',
				message: `Profile "${name}" was not saved: ${field} ${outcome.refused}.`,
				exitCode: exitCodes.usage,
			});
		}
	}
	return Object.fromEntries(given);
}

function newer(path: string): UserError {
	return new UserError({
		code: 'config.newer',
		message: `The profiles in ${path} were written by a newer meshboard.`,
		exitCode: exitCodes.configuration,
		hint: 'Update meshboard, or move the file away to start afresh.',
	});
}

function unusable(path: string, verb: 'read' | 'written', error: unknown): UserError {
	const code = codeOf(error) ?? 'unknown error';
	const why = new Map([
		['EACCES', 'permission denied'],
		['EPERM', 'permission denied'],
		['EISDIR', 'it is a folder'],
		['ENOTDIR', 'a part of its path is not a folder'],
		['EROFS', 'the file system is read-only'],
		['ENOSPC', 'the disk is full'],
	]).get(code);
	return new UserError({
		code: verb === 'read' ? 'config.unreadable' : 'config.unwritable',
		message: `${path} cannot be ${verb}: ${why ?? code}.`,
		exitCode: exitCodes.configuration,
		hint:
			why === 'permission denied'
				? `It may belong to root after a run with sudo: ls -ld ${path}; sudo chown "$(id -un)" ${path}`
				: 'Mend or move it; another folder for settings can be named with XDG_CONFIG_HOME.',
		cause: error,
	});
}

function codeOf(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
