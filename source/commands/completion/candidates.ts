import {Command, type Option} from 'commander';
import {profileSettings, settingNames} from '../../profile-settings.ts';
import {addGlobalFlags, type GlobalFlags} from '../flags.ts';
import {type Read, readFlag, readWords} from './read-words.ts';

/** A word that may stand at the cursor, whole, and what it means. */
export type Candidate = {readonly value: string; readonly description: string};

/** Names that are known only when asked for. */
export type LiveKind = 'targets' | 'contexts' | 'namespaces' | 'profiles';

/** What may stand at the cursor. */
export type Wanted = {
	readonly candidates: readonly Candidate[];
	/** Names to ask for; `before` is what stands before them in the word (`--context=`). */
	readonly live: readonly LiveKind[];
	readonly before: string;
	readonly files: 'none' | 'files' | 'folders';
	/** Words that are there already and make no sense twice. */
	readonly taken: readonly string[];
	/** The word is not finished by a candidate: no space after it. */
	readonly open: boolean;
	readonly flags: GlobalFlags;
};

/** What flags and arguments take, by the names that they have in the help; the rest is for nobody else to know. */
const liveByFlag: Readonly<Record<string, LiveKind>> = {
	'--profile': 'profiles',
	'--context': 'contexts',
	'--namespace': 'namespaces',
	'--istioNamespace': 'namespaces',
	'--for': 'targets',
};
const liveByArgument: Readonly<Record<string, LiveKind>> = {targets: 'targets', what: 'targets'};

const nothing = {candidates: [], live: [], before: '', files: 'none', taken: [], open: false} as const;

/** What may stand at the cursor, after `words` and in the place of `current`, by the program's own tree of commands. */
export function candidatesAt(program: Command, words: readonly string[], current: string): Wanted {
	const read = readWords(program, words);
	const {flags} = read;
	if (read.waiting !== undefined) return {...nothing, ...valuesOf(read.waiting, ''), flags};
	const equals = current.indexOf('=');
	if (!read.ended && current.startsWith('--') && equals > 0) {
		const {option} = readFlag(read.command, current);
		const before = current.slice(0, equals + 1);
		return {...nothing, ...(option === undefined ? {} : valuesOf(option, before)), flags};
	}
	if (!read.ended && current.startsWith('-')) return {...nothing, candidates: flagsOf(program, read), flags};
	return {...nothing, ...operandsOf(program, read, current), flags};
}

function valuesOf(option: Option, before: string): Partial<Wanted> {
	const choices = option.argChoices?.map((choice) => ({value: `${before}${choice}`, description: ''})) ?? [];
	const live = liveByFlag[option.long ?? ''];
	return {candidates: choices, before, live: live === undefined ? [] : [live], files: filesOf(option.flags)};
}

function filesOf(flags: string): Wanted['files'] {
	if (flags.includes('<folder>')) return 'folders';
	return flags.includes('<file>') ? 'files' : 'none';
}

/** The command's own flags, and those for every command where it looks at a cluster; none twice. */
function flagsOf(program: Command, {command, given}: Read): readonly Candidate[] {
	const own = command.createHelp().visibleOptions(command);
	const global = new Set(addGlobalFlags(new Command()).options.map(({long}) => long));
	const shared = command === program ? [] : program.options.filter(({long}) => sharesFlag(command, global.has(long)));
	const visible = [...own, ...shared.filter(({long}) => own.every((each) => each.long !== long))];
	return visible
		.filter(({long, description}) => !given.has(long ?? '') || description.includes('may be repeated'))
		.map(({long, flags, description}) => ({value: long ?? flags, description}));
}

/** `profile set` keeps whatever flags say; the other commands of profiles, and those without a cluster, take none of them. */
function sharesFlag(command: Command, isGlobal: boolean): boolean {
	if (command.parent?.name() === 'profile') return command.name() === 'set';
	return isGlobal && !['demo', 'completion', 'profile'].includes(command.name());
}

function operandsOf(program: Command, {command, operands}: Read, current: string): Partial<Wanted> {
	const commands = operands.length === 0 ? command.createHelp().visibleCommands(command) : [];
	const candidates = commands
		.filter((each) => each.name() !== 'help')
		.map((each) => ({value: each.name(), description: each.description()}));
	// Only what cannot be a command is taken for an entry: the names of commands must come at once.
	if (command === program) return {candidates, live: current.includes('.') ? ['targets'] : []};
	const known = command.registeredArguments;
	const argument = known[operands.length] ?? (known.at(-1)?.variadic === true ? known.at(-1) : undefined);
	if (argument === undefined) return {candidates};
	const choices = argument.argChoices?.map((value) => ({value, description: ''})) ?? [];
	if (command.parent?.name() === 'profile') {
		if (argument.name() === 'settings') return {candidates: settings, taken: operands, open: true};
		return {live: ['profiles']};
	}
	const live = liveByArgument[argument.name()];
	return {
		candidates: [...candidates, ...choices],
		live: live === undefined ? [] : [live],
		files: argument.name() === 'what' ? 'files' : 'none',
		taken: operands,
	};
}

const settings = settingNames.map((name) => ({value: `${name}=`, description: profileSettings[name].meaning}));
